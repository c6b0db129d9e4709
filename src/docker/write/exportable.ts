import { assertCount, diffIDsOf } from '../../layer/check.js'
import { configPlatform } from '../../layer/configPlatform.js'
import { readImageConfig } from '../../layer/imageConfig.js'
import type { ManifestNode } from '../../layer/nodeTable.js'
import { type Digest, parseDigest } from '../../spec/digest.js'
import type { Documents } from '../../spec/documents.js'
import { attempt, ImageError, invariant } from '../../spec/errors.js'
import { groupBy } from '../../spec/groupBy.js'
import { isWasmLayer } from '../../spec/mediaTypes.js'
import type { Descriptor, ImageConfig, Manifest } from '../../spec/parse.js'
import { hostPlatform, type PlatformName, platformMatches, printPlatform } from '../../spec/platform.js'
import { familiarName } from '../../spec/reference.js'
import type { Warn } from '../../spec/warnings.js'
import type { Reader, Root } from '../../store/graph.js'
import { nameOf } from '../../store/names.js'
import { LeftOut, NO_ROOTFS } from './leftOut.js'
import { once, reachOf } from './reach.js'

/** An image that `docker load` can take: of one platform, with a root file system. */
export interface Exportable extends Naming {
  /** Digest of the manifest. */
  digest: Digest
  manifest: Manifest
  config: { descriptor: Root; bytes: Buffer; parsed: ImageConfig }
  /** Bottom first, as many as the manifest has layers; those of WebAssembly need not be among them. */
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
): Promise<Exportable[]> {
  const images = new Map<Digest, { image: Exportable; namings: Naming[] }>()
  const reach = once((entry) => reachOf(entry, pool))
  const leftOut = new LeftOut(choice)
  const choices = new Map<readonly ManifestNode[], Promise<ManifestNode>>()
  // By name, since those of a flat index share one; untagged ones by their digest.
  for (const [key, group] of groupBy(entries, (entry) => nameOf(entry, undefined) ?? entry.digest)) {
    const reached = []
    for (const entry of group) reached.push({ entry, ...(await reach(entry)) })
    const [only, ...others] = reached
    const isOne = only !== undefined && others.length === 0
    const candidates = isOne ? only.images : distinct(reached.flatMap(({ images }) => images))
    if (candidates.length === 0) {
      leftOut.add(reached)
      continue
    }
    leftOut.addBeside(reached)
    // Names of one index share its images, and so the choice.
    const choosing = choices.get(candidates) ?? choose(candidates, { key, pool, choice })
    choices.set(candidates, choosing)
    const chosen = await choosing
    const { digest } = chosen.descriptor
    const image = images.get(digest)?.image ?? (await exportImage(chosen, { pool, choice }))
    if (image === undefined) {
      leftOut.add(reached, NO_ROOTFS)
      continue
    }
    const known = images.get(digest) ?? { image, namings: [] }
    known.namings.push(namingOf(group, digest))
    images.set(digest, known)
  }
  if (images.size > 0) return [...images.values()].map(({ image, namings }) => ({ ...image, ...joined(namings) }))
  throw leftOut.nothingElse()
}

/** Images once each: some entries of one image may state its platform, and others not. */
function distinct(nodes: readonly ManifestNode[]): ManifestNode[] {
  return [...groupBy(nodes, ({ descriptor }) => descriptor.digest).values()].flatMap((same) => same.slice(0, 1))
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

/** The image as it is exported; undefined if its config names no layers, so is none of an image. */
async function exportImage(
  { descriptor: { digest }, document }: ManifestNode,
  { pool, choice: { documents } }: Omit<Choosing, 'key'>,
): Promise<Exportable | undefined> {
  const { config } = document
  return attempt(`image ${config.digest}`, async () => {
    const read = await readImageConfig(document, pool)
    const diffIDs = read && diffIDsOf(read.config())
    if (read === undefined || diffIDs === undefined) return undefined
    const held = documents.keep(read)
    const [bytes, parsed] = [held.bytes, held.config()]
    if (!document.layers.some(({ mediaType }) => isWasmLayer(mediaType))) {
      assertCount(diffIDs.length, document.layers.length)
    }
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
