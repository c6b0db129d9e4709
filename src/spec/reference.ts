import { quoted } from './cut.js'
import { ImageError } from './errors.js'

/** A normalised docker reference: it always has the registry. */
export interface Reference {
  /** Registry and path, `docker.io/library/app`. */
  repository: string
  tag?: string
  digest?: string
}

const DOMAIN_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const DOMAIN = new RegExp(`^(?:${DOMAIN_PART}(?:\\.${DOMAIN_PART})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`)
const PATH = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/

/**
 * More characters than any legal reference has: 255 of the repository, 128 of the tag, fewer than 512 of a digest.
 * Longer texts meet no pattern, whose stack would overflow on millions.
 */
const MOST_LENGTH = 1024

/**
 * Reads a reference as docker does: `app` is `docker.io/library/app`, `index.docker.io` is `docker.io`
 * (distribution/reference, normalize.go). It adds no tag.
 * @throws ImageError FORMAT with the broken rule
 */
export function parseReference(text: string): Reference {
  if (text.length > MOST_LENGTH) throw illegal(`it has more than ${MOST_LENGTH} characters`, text)
  const [name, digest] = cut(text, text.indexOf('@'))
  const colon = name.lastIndexOf(':')
  const [path, tag] = colon > name.lastIndexOf('/') ? cut(name, colon) : [name, undefined]
  const { domain, remainder } = splitDomain(path)
  const isID = /^[0-9a-f]{64}$/.test(text)
  const problem = isID ? '64 hex digits are an image ID' : problemWith({ domain, remainder, tag, digest })
  if (problem !== undefined) throw illegal(problem, text)
  return {
    repository: `${domain}/${remainder}`,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  }
}

/**
 * Returns the full name of an image, `docker.io/library/app:latest`, as in `io.containerd.image.name`.
 * @throws ImageError FORMAT, also for a name with a digest, which names content and cannot be given to an image
 */
export function parseName(text: string): string {
  const { repository, tag, digest } = parseReference(text)
  if (digest !== undefined) throw illegal('a name given to an image cannot have a digest', text)
  return `${repository}:${tag ?? 'latest'}`
}

/** Returns the short form that docker shows: `app:latest` for `docker.io/library/app:latest`. */
export function familiarName(full: string): string {
  return full.replace(/^docker\.io\/(?:library\/(?=[^/]*$))?/, '')
}

/** Returns the repository of a full name. */
export function repositoryOf(full: string): string {
  return full.slice(0, full.lastIndexOf(':'))
}

/** Returns the tag of a full name. */
export function tagOf(full: string): string {
  return full.slice(full.lastIndexOf(':') + 1)
}

/** True for a word that can only be a tag, not a whole name. */
export function isBareTag(text: string): boolean {
  return TAG.test(text)
}

/** Matches the names that an index may give to its entries (OCI image-spec, annotations.md, ref.name). */
const REF_NAME = /^[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*(?:\/[A-Za-z0-9]+(?:(?:[-._:@+]|--)[A-Za-z0-9]+)*)*$/

/** Returns the text if it is legal as a name of an index entry. @throws ImageError USAGE */
export function refNameOf(text: string): string {
  if (text.length <= MOST_LENGTH && REF_NAME.test(text)) return text
  throw new ImageError('USAGE', 'not a tag', {
    expected: 'letters and digits, separated by "-", ".", "_", ":", "@", "+" and "/"',
    found: quoted(text),
  })
}

/** Returns the rule that a tag breaks, if any. */
export function problemWithTag(tag: string): string | undefined {
  return TAG.test(tag)
    ? undefined
    : 'a tag has up to 128 letters, digits, "_", "." and "-", and starts with neither "." nor "-"'
}

function illegal(problem: string, text: string): ImageError {
  return new ImageError('FORMAT', `not a legal image name: ${problem}`, { found: quoted(text) })
}

function splitDomain(path: string): { domain: string; remainder: string } {
  const slash = path.indexOf('/')
  const first = path.slice(0, Math.max(0, slash))
  const isDomain = /[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first
  const domain = isDomain && first !== 'index.docker.io' ? first : 'docker.io'
  const remainder = isDomain ? path.slice(slash + 1) : path
  return { domain, remainder: domain === 'docker.io' && !remainder.includes('/') ? `library/${remainder}` : remainder }
}

function problemWith(parts: {
  domain: string
  remainder: string
  tag: string | undefined
  digest: string | undefined
}) {
  const { domain, remainder, tag, digest } = parts
  if (remainder === '' || remainder === 'library/') return 'the repository is empty'
  if (remainder !== remainder.toLowerCase()) return 'a repository is lower-case'
  if (!DOMAIN.test(domain)) return `${JSON.stringify(domain)} is not a registry host`
  if (!PATH.test(remainder))
    return 'a repository has lower-case letters and digits, separated by ".", "_", "__", "-" and "/"'
  if (domain.length + remainder.length + 1 > 255) return 'a repository has at most 255 characters'
  if (tag !== undefined && problemWithTag(tag) !== undefined) return problemWithTag(tag)
  if (digest !== undefined && !DIGEST.test(digest)) return 'the part after "@" is not a digest'
  return undefined
}

function cut(text: string, at: number): [string, string | undefined] {
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
