import { ImageError } from '../spec/errors.js'

/** The use of a place. */
export type PlaceRole = 'source' | 'destination'

/** Advice on places behind another tool's prefix. */
interface Advice {
  problem: string
  /** Called with the text behind the prefix, and with the whole text. */
  source: (rest: string, text: string) => string
  destination: (rest: string, text: string) => string
}

/** Other tools' spellings of our prefixes. Our own are here for `OCI:` and `oci://`. */
const SPELLINGS: Readonly<Record<string, string>> = {
  oci: 'oci',
  'oci-dir': 'oci',
  ocidir: 'oci',
  'oci-layout': 'oci',
  ocilayout: 'oci',
  'oci-archive': 'oci-archive',
  'oci-tar': 'oci-archive',
  ociarchive: 'oci-archive',
  'docker-archive': 'docker-archive',
  'docker-tar': 'docker-archive',
  dockerarchive: 'docker-archive',
}

const REGISTRY: Advice = {
  problem: 'registries are not supported yet',
  source: (ref) => `skopeo copy docker://${ref} oci:DIR, or docker save ${ref} | transload convert - DESTINATION`,
  destination: (ref) => `convert to oci:DIR, then skopeo copy oci:DIR docker://${ref}`,
}

const DAEMON: Advice = {
  problem: 'transload does not talk to Docker',
  source: (ref) => `docker save ${ref} | transload convert - DESTINATION`,
  destination: () => 'transload convert SOURCE - | docker load',
}

const PODMAN: Advice = {
  problem: 'transload does not talk to podman',
  source: (ref) => `podman save ${ref} | transload convert - DESTINATION`,
  destination: () => 'transload convert SOURCE - | podman load',
}

const DOWNLOAD: Advice = {
  problem: 'transload does not use the network',
  source: (_, url) => `curl -fL ${url} | transload convert - DESTINATION`,
  destination: () => 'transload convert SOURCE FILE.tar, and send that',
}

const ELSEWHERE: Readonly<Record<string, Advice>> = {
  docker: DAEMON,
  'docker-daemon': DAEMON,
  'docker-image': REGISTRY,
  registry: REGISTRY,
  'containers-storage': PODMAN,
  podman: PODMAN,
  dir: bySkopeo('dir'),
  ostree: bySkopeo('ostree'),
  sif: bySkopeo('sif'),
  tarball: {
    problem: 'a tarball of files is not an image',
    source: (path) => `docker import ${path} makes an image of it`,
    destination: (path) => `write docker-archive:${path} for an archive of images`,
  },
  http: DOWNLOAD,
  https: DOWNLOAD,
}

/** For any other text in the form of a URL. */
const PIPE: Advice = {
  problem: 'unknown kind of place',
  source: () => 'a path, or a pipe: … | transload convert - DESTINATION',
  destination: () => 'a path, or a pipe: transload convert SOURCE - | …',
}

/**
 * Returns the error for a place written in another tool's notation, with the notation to use here; undefined for any
 * other text.
 */
export function foreignPlace(text: string, role: PlaceRole): ImageError | undefined {
  const [, prefix = '', slashes = '', after = ''] = /^([a-z][a-z0-9+.-]+):(\/\/)?(.*)$/is.exec(text) ?? []
  const rest = after === '' ? 'PATH' : after.replace(/^\/+/, '/')
  const name = prefix.toLowerCase()
  const known = Object.hasOwn(SPELLINGS, name) ? SPELLINGS[name] : undefined
  if (known !== undefined) return refusal(text, `unknown prefix "${prefix}:${slashes}"`, `write ${known}:${rest}`)
  if (name === 'file') return refusal(text, 'a URL is not a path', `write ${rest}`)
  const advice = adviceOn(name, slashes)
  return advice && refusal(text, advice.problem, advice[role](rest, text))
}

function adviceOn(name: string, slashes: string): Advice | undefined {
  if (name === 'docker' && slashes !== '') return REGISTRY
  if (Object.hasOwn(ELSEWHERE, name)) return ELSEWHERE[name]
  return slashes === '' ? undefined : PIPE
}

function bySkopeo(transport: string): Advice {
  return {
    problem: `${transport}: is not supported`,
    source: (rest) => `skopeo copy ${transport}:${rest} oci:DIR, then convert oci:DIR`,
    destination: (rest) => `convert to oci:DIR, then skopeo copy oci:DIR ${transport}:${rest}`,
  }
}

function refusal(where: string, problem: string, hint: string): ImageError {
  return new ImageError('USAGE', problem, { where, hint })
}
