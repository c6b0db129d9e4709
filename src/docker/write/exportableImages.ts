import { assertCount, diffIDsOf } from '../../layer/check.js'
import { configPlatform } from '../../layer/configPlatform.js'
import { readImageConfig } from '../../layer/imageConfig.js'
import type { ManifestNode } from '../../layer/nodeTable.js'
import { type Digest, parseDigest } from '../../spec/digest.js'
import type { Documents } from '../../spec/documents.js'
import { attempt, ImageError, invariant } from '../../spec/errors.js'
import { groupBy } from '../../spec/groupBy.js'
import { isWasmLayer } from '../../spec/mediaTypes.js'
import type { Descriptor, Manifest } from '../../spec/parse.js'
import { hostPlatform, type PlatformName, platformMatches, printPlatform } from '../../spec/platform.js'
import { familiarName } from '../../spec/reference.js'
import type { Warn } from '../../spec/warnings.js'
import type { Reader } from '../../store/blobs.js'
import { nameOf } from '../../store/names.js'
import type { GraphWalks } from '../../store/walks.js'
import { type Exportable, joined, type Naming } from './exportable.js'
import { LeftOut, NO_ROOTFS } from './leftOut.js'
import { once, reachOf } from './reach.js'

/** The images to export from an index. */
export interface ExportChoice {
  /** The platforms that the user asked for. If none, the platform of this machine, or else the only one. */
  platforms: readonly PlatformName[]
  /** True if the user named the images, so that leaving one out is an error. */
  isNamed: boolean
  warn: Warn
  /** Holds the configs of the images. */
  documents: Documents
}

/**
 * Returns the images of an index that a docker archive can list: for each name one, of the platform that fits best. An
 * image with several names is listed once.
 * @throws ImageError NOT_FOUND if no platform fits, or there is nothing to export
 */
export async function exportableImages(
  entries: readonly Descriptor[],
  walks: GraphWalks,
  choice: ExportChoice,
): Promise<Exportable[]> {
  const images = new Map<Digest, { image: Exportable; namings: Naming[] }>()
  const reach = once((entry) => reachOf(entry, walks))
  const pool = walks.source
  const leftOut = new LeftOut(choice)
  const choices = new Map<readonly ManifestNode[], Promise<ManifestNode>>()
  // Grouped by name, since all entries of a flat index share one; untagged entries by digest.
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
    // Several names of one index have the same candidates, and so the same choice.
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

/** Returns each image once: entries of one image may differ in whether they state its platform. */
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
  throw new ImageError('NOT_FOUND', 'the image has none of the wanted platforms', {
    where: familiarName(key),
    expected: wanted.map(printPlatform).join(' or '),
    found: found.map(({ platform }) => printPlatform(platform)).join(', '),
    hint: 'choose one with --platform',
  })
}

/** Returns the image for export; undefined if its config names no layers, and so is not the config of an image. */
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
    assertDiffIDs(diffIDs.length, document)
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

/** A config with WebAssembly may have diffIDs for all layers, for those that are tars, or for none. */
function assertDiffIDs(count: number, { layers }: Manifest): void {
  const tars = layers.filter(({ mediaType }) => !isWasmLayer(mediaType)).length
  if (tars < layers.length && (count === 0 || count === tars)) return
  assertCount(count, layers.length)
}

/** Returns the name that a group of entries gives to the chosen image. */
function namingOf(group: readonly Descriptor[], digest: string): Naming {
  const entry = group.find((one) => one.digest === digest) ?? group[0]
  invariant(entry !== undefined, 'a group has entries')
  const name = nameOf(entry, undefined)
  return { names: name === undefined ? [] : [name], roots: [entry.digest] }
}
