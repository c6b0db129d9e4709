import type { Archive } from '../../archive/archive.js'
import { checkFiles, checkLayers } from '../../docker/read/checkLayers.js'
import type { Item } from '../../docker/read/item.js'
import { type PresentedImage, presentItems } from '../../docker/read/present.js'
import { storingLayers } from '../../docker/read/storingLayers.js'
import { warnOfGraph } from '../../layer/warnOfGraph.js'
import { isDigest } from '../../spec/digest.js'
import { ImageError } from '../../spec/errors.js'
import { familiarName } from '../../spec/reference.js'
import type { Node } from '../../store/nodes.js'
import { warnOfFalseAttestations } from '../attestations.js'
import { type IndexedImage, type ItemImage, isReadable, type Listed, labelOf, namesOf } from '../listed.js'
import { namesAnImage } from '../referrers.js'
import { namesInConflict } from '../sharedNames.js'
import type { Source } from '../source.js'
import { checkEntry } from './checkEntry.js'
import { type Described, UNKNOWN } from './described.js'
import { describeEntry } from './describeEntry.js'
import { describeItem, describeV1 } from './describeItem.js'
import type { Faults } from './faults.js'

/** The source to describe, and how far. */
interface Sight {
  source: Source
  /** True if layers are read, too. */
  isFull: boolean
  faults: Faults
  items: ItemDescriptions
}

/** Descriptions by item; each item is described once. */
type ItemDescriptions = ReadonlyMap<Item, Promise<Described>>

/** The same with the nodes that were described: several entries may share them. */
type Whole = Sight & { seen: Set<readonly Node[]> }

/** Describes images of manifest.json, and notes the digest that is shown of each so that selectors find it. */
export async function describeItems(images: readonly Listed[], archive: Archive): Promise<ItemDescriptions> {
  const items = new Map<Item, Promise<Described>>()
  for (const listed of images) {
    if (listed.kind !== 'item') continue
    const describing = describeItem(listed.item, archive)
    items.set(listed.item, describing)
    // Its failure is reported if the image is selected.
    const { digest } = await describing.catch(() => UNKNOWN)
    if (digest !== null) listed.manifestDigests.push(digest)
  }
  return items
}

/** Describes images, including those that `convert` refuses: their faults are their `problem`. */
export async function describeAll(images: readonly Listed[], sight: Sight): Promise<Described[]> {
  const { source, faults } = sight
  const candidates = images.filter(isReadable)
  warnOfFalseAttestations(candidates, source.archive.context.warn)
  const conflicts = await namesInConflict(candidates.filter(namesAnImage), source.blobs)
  const whole = { ...sight, seen: new Set<readonly Node[]>() }
  const described: Described[] = []
  for (const listed of images) {
    const image = await describe(listed, whole).catch((fault: unknown) => broken(listed, fault, faults))
    const conflict = isReadable(listed) ? conflicts.get(listed) : undefined
    const problem = conflict === undefined ? undefined : faults.note(conflict, labelOf(listed))
    described.push(withProblems(image, [problem]))
  }
  return described
}

async function describe(listed: Listed, sight: Whole): Promise<Described> {
  if (listed.kind === 'broken') throw listed.failure
  if (listed.kind === 'v1') return describeV1(listed.image, sight.source.archive)
  return listed.kind === 'index' ? describeIndexed(listed, sight) : describeListed(listed, sight)
}

/** Returns the description of an image that cannot be read. @throws the fault, if the image is not to blame */
function broken(listed: Listed, fault: unknown, faults: Faults): Described {
  const problem = faults.note(fault, labelOf(listed))
  const label =
    listed.kind === 'broken' ? listed.label : listed.kind === 'index' ? (listed.entries[0]?.digest ?? '') : ''
  return {
    ...UNKNOWN,
    kind: 'broken',
    names: namesOf(listed).map(familiarName),
    digest: isDigest(label) ? label : null,
    present: listed.kind !== 'broken',
    problem,
  }
}

/** Returns the image with further faults in its `problem`. */
function withProblems(image: Described, found: readonly (string | undefined)[]): Described {
  const problems = [image.problem ?? undefined, ...found].filter((problem) => problem !== undefined)
  return { ...image, problem: problems.length === 0 ? null : [...new Set(problems)].join('; ') }
}

async function describeIndexed(listed: IndexedImage, sight: Whole): Promise<Described> {
  const { isFull, source, faults, seen } = sight
  const { warn, budget } = source.archive.context
  const isKnown = seen.has(listed.nodes)
  // Warnings repeat for each entry that shares the nodes, so they take steps.
  if (isKnown) budget.steps.take(listed.nodes.length)
  seen.add(listed.nodes)
  warnOfGraph(listed.entries, listed.nodes, warn)
  const described = await describeEntry(listed, source)
  if (!isFull) return noted(described, listed, sight)
  const found: (string | undefined)[] = isKnown ? [] : await checkEntry(listed, { source, faults })
  found.push(await faults.check(labelOf(listed), () => checkLayers(listed.unchecked, source.layers)))
  return withProblems(described, found)
}

async function describeListed(listed: ItemImage, sight: Whole): Promise<Described> {
  const { source, isFull, faults, items } = sight
  const { archive, layers } = source
  const { item } = listed
  const image = await (items.get(item) ?? describeItem(item, archive))
  if (!isFull) return noted(image, listed, sight)
  let complete = image
  const problem = await faults.check(labelOf(listed), async () => {
    const presented = await presentItems([item], storingLayers(layers))
    for (const one of presented) {
      const claimed = one.layers.filter(({ isStated }) => isStated).map(({ file }) => file)
      await checkFiles(claimed, layers)
      complete = completed(image, one)
    }
    for (const diffID of item.diffIDs) faults.layers.add(diffID)
    faults.images.add(item.config.digest)
  })
  return withProblems(complete, [problem])
}

/** Notes the problem in a description, which can be seen without reading layers, and returns the description. */
function noted(described: Described, listed: Listed, { faults, source }: Sight): Described {
  const { problem } = described
  if (problem !== null)
    faults.note(new ImageError('NOT_FOUND', problem, { where: source.archive.name }), labelOf(listed))
  return described
}

/** Returns the description, completed by the layers that were read. */
function completed(image: Described, { root, layers }: PresentedImage): Described {
  const complete = image.layers.map((layer, at) => ({ ...layer, ...layers[at]?.descriptor }))
  return { ...image, digest: root.digest, mediaType: root.mediaType, layers: complete }
}
