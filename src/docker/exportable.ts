import { assertCount, diffIDsOf } from '../layer/check.js'
import { configPlatform } from '../layer/configPlatform.js'
import { type ManifestNode, tableOf } from '../layer/nodeTable.js'
import { type RoleOf, rolesIn } from '../layer/role.js'
import { type Digest, parseDigest } from '../spec/digest.js'
import type { Documents } from '../spec/documents.js'
import { attempt, ImageError, invariant } from '../spec/errors.js'
import { groupBy } from '../spec/groupBy.js'
import { isIndexType } from '../spec/mediaTypes.js'
import type { Descriptor, ImageConfig, Manifest } from '../spec/parse.js'
import { hostPlatform, type PlatformName, platformMatches, printPlatform } from '../spec/platform.js'
import { familiarName } from '../spec/reference.js'
import type { Warn } from '../spec/warnings.js'
import { type Node, type Reader, type Root, readDocument, rootOf, walkGraph } from '../store/graph.js'
import { nameOf } from '../store/names.js'

/** An image that `docker load` can take: of one platform, with a root file system. */
export interface ExportImage extends Naming {
  /** Digest of the manifest. */
  digest: Digest
  manifest: Manifest
  config: { descriptor: Root; bytes: Buffer; parsed: ImageConfig }
  /** Bottom first, as many as the manifest has layers. */
  diffIDs: Digest[]
}

/** Which images of an index are wanted, and how. */
export interface ExportChoice {
  /** Platforms that were asked for; this machine's if none was, or else the only one. */
  platforms: readonly PlatformName[]
  /** Whether the user named what is to be exported, so that what cannot be must not be left out. */
  isNamed: boolean
  warn: Warn
  /** Where the configs of the images are held. */
  documents: Documents
}

/**
 * The images of an index that a docker archive can list: for each name one, of the platform that fits best; once, if
 * it has several names.
 * @throws ImageError NOT_FOUND if no platform fits, or there is nothing to export
 */
export async function exportableImages(
  entries: readonly Descriptor[],
  pool: Reader,
  choice: ExportChoice,
): Promise<ExportImage[]> {
  const images = new Map<Digest, { image: ExportImage; namings: Naming[] }>()
  const reach = once((entry) => reachOf(entry, pool))
  const telling = { isNamed: choice.isNamed, tell: teller(choice.warn), told: new Set<readonly Descriptor[]>() }
  const choices = new Map<readonly ManifestNode[], Promise<ManifestNode>>()
  // By name, since those of a flat index share one; untagged ones by their digest.
  for (const [key, group] of groupBy(entries, (entry) => nameOf(entry, undefined) ?? entry.digest)) {
    const reached = []
    for (const entry of group) reached.push({ entry, ...(await reach(entry)) })
    const [only, ...others] = reached
    const candidates = only !== undefined && others.length === 0 ? only.images : reached.flatMap((one) => one.images)
    if (candidates.length === 0) {
      leftOut(reached, telling)
      continue
    }
    leftBeside(reached, telling)
    // Names of one index share its images, and so the choice.
    const choosing = choices.get(candidates) ?? choose(candidates, { key, pool, choice })
    choices.set(candidates, choosing)
    const chosen = await choosing
    const { digest } = chosen.descriptor
    const known = images.get(digest) ?? { image: await exportImage(chosen, { pool, choice }), namings: [] }
    known.namings.push(namingOf(group, digest))
    images.set(digest, known)
  }
  if (images.size > 0) return [...images.values()].map(({ image, namings }) => ({ ...image, ...joined(namings) }))
  throw new ImageError('NOT_FOUND', 'there is no image in it that docker load could take', {
    hint: '--format oci takes everything',
  })
}

/** Looks once at what several names stand for; entries of one content may still state different platforms. */
function once(look: (entry: Descriptor) => Promise<Reach>): (entry: Descriptor) => Promise<Reach> {
  const seen = new Map<string, Promise<Reach>>()
  return async (entry) => {
    const descriptor = rootOf(entry)
    const key = JSON.stringify([entry.digest, entry.size, entry.mediaType])
    const found = seen.get(key) ?? look(entry)
    seen.set(key, found)
    const { images, ...reach } = await found
    const own = isIndexType(entry.mediaType) ? images : images.map((node) => ({ ...node, descriptor }))
    return { ...reach, images: own }
  }
}

/** What is there of what an entry reaches, the entry itself left aside unless it is an image. */
interface Reach {
  images: ManifestNode[]
  /** Neither images nor what goes with one. */
  artifacts: Descriptor[]
  roleOf: RoleOf
}

async function reachOf(entry: Descriptor, pool: Reader): Promise<Reach> {
  const nodes = await walkGraph(pool, [entry])
  const roleOf = rolesIn(nodes)
  const { incomplete } = tableOf(nodes)
  const isOne = (node: Node): node is ManifestNode =>
    node.kind === 'manifest' && roleOf(node.descriptor).kind === 'image' && !incomplete.has(node.descriptor.digest)
  const absent = new Set(nodes.filter(({ kind }) => kind === 'absent').map(({ descriptor }) => descriptor.digest))
  const listed = nodes.flatMap((node) => (node.kind === 'index' ? node.children : []))
  const artifacts = listed.filter((child) => !absent.has(child.digest) && roleOf(child).kind === 'artifact')
  const distinct = new Map(artifacts.map((child) => [child.digest, child]))
  return { images: nodes.filter(isOne), artifacts: [...distinct.values()], roleOf }
}

type Reached = Reach & { entry: Descriptor }

/** Tells of what docker load cannot take, each thing once. */
function teller(warn: Warn): (where: string) => void {
  const told = new Set<string>()
  return (where) => {
    if (!told.has(where)) warn({ code: 'NO_IMAGE', message: NO_IMAGE, where })
    told.add(where)
  }
}

const NO_IMAGE = 'it is no image with a root file system; docker load cannot take it'

interface Telling {
  isNamed: boolean
  tell: (where: string) => void
  /** Artifacts of indexes that were told of: several names may stand for one index. */
  told: Set<readonly Descriptor[]>
}

/** An attestation goes with what it attests; anything else is told of, or refused if it can only have been asked for. */
function leftOut(group: readonly Reached[], { isNamed, tell }: Telling): void {
  const found = group.find(({ entry, roleOf }) => roleOf(entry).kind !== 'attestation')
  if (found === undefined) return
  const { entry, roleOf } = found
  const role = roleOf(entry)
  const where = familiarName(nameOf(entry, undefined) ?? entry.digest)
  const isAboutAnother = 'about' in role && role.about !== undefined
  if (isNamed && !isAboutAnother)
    throw new ImageError('UNSUPPORTED', NO_IMAGE, { where, hint: '--format oci takes it' })
  tell(where)
}

/** What stands beside images is left out as well. */
function leftBeside(group: readonly Reached[], { tell, told }: Telling): void {
  for (const { entry, artifacts, roleOf } of group) {
    if (roleOf(entry).kind === 'artifact') tell(entry.digest)
    if (told.has(artifacts)) continue
    told.add(artifacts)
    for (const { digest } of artifacts) tell(digest)
  }
}

interface Choosing {
  /** Name or digest, for messages. */
  key: string
  pool: Reader
  choice: ExportChoice
}

async function choose(candidates: readonly ManifestNode[], { key, pool, choice }: Choosing): Promise<ManifestNode> {
  const [only, ...others] = candidates
  if (only !== undefined && others.length === 0) return only
  const found: { platform: PlatformName; node: ManifestNode }[] = []
  for (const node of candidates) {
    found.push({ platform: node.descriptor.platform ?? (await configPlatform(node.document, pool)), node })
  }
  const wanted = choice.platforms.length === 0 ? [hostPlatform()] : choice.platforms
  const fitting = wanted.flatMap((one) => found.filter(({ platform }) => platformMatches(one, platform)))
  const best = fitting.find(({ platform }) => platformMatches(hostPlatform(), platform)) ?? fitting[0]
  if (best !== undefined) return best.node
  throw new ImageError('NOT_FOUND', 'none of the image’s platforms is the one that docker load shall take', {
    where: familiarName(key),
    expected: wanted.map(printPlatform).join(' or '),
    found: found.map(({ platform }) => printPlatform(platform)).join(', '),
    hint: 'choose one with --platform',
  })
}

async function exportImage(
  { descriptor: { digest }, document }: ManifestNode,
  { pool, choice: { documents } }: Omit<Choosing, 'key'>,
): Promise<ExportImage> {
  const { config } = document
  return attempt(`image ${config.digest}`, async () => {
    const held = documents.keep(await readDocument(pool, config))
    const [bytes, parsed] = [held.bytes, held.config()]
    const diffIDs = diffIDsOf(parsed)
    if (diffIDs === undefined) throw new ImageError('FORMAT', 'the image config has no rootfs, which names the layers')
    assertCount(diffIDs.length, document.layers.length)
    const descriptor = { ...config, digest: parseDigest(config.digest) }
    return {
      names: [],
      roots: [],
      digest,
      manifest: document,
      config: { descriptor, bytes, parsed },
      diffIDs: diffIDs.map((diffID) => parseDigest(diffID, config.digest)),
    }
  })
}

/** What a group of entries calls the one of its images that is taken. */
function namingOf(group: readonly Descriptor[], digest: string): Naming {
  const entry = group.find((one) => one.digest === digest) ?? group[0]
  invariant(entry !== undefined, 'a group has entries')
  const name = nameOf(entry, undefined)
  return { names: name === undefined ? [] : [name], roots: [entry.digest] }
}

/** What an image is called, and by which entries of the index. */
export interface Naming {
  /** Full names, in order, each once; none for an untagged image. */
  names: string[]
  /** Digests of the entries, in the order of the names; the one of an untagged image. */
  roots: string[]
}

/** What several namings of one image come to: each name once; with a name, no entry without is needed. */
export function joined(namings: readonly Naming[]): Naming {
  const roots = new Map<string, string>()
  for (const naming of namings) {
    for (const [at, name] of naming.names.entries()) if (!roots.has(name)) roots.set(name, naming.roots[at] ?? '')
  }
  if (roots.size > 0) return { names: [...roots.keys()], roots: [...roots.values()] }
  return { names: [], roots: namings.find((naming) => naming.roots.length > 0)?.roots ?? [] }
}
