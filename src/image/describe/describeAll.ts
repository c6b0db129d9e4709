import type { Archive } from '../../archive/archive.js'
import { assemble, checkLayers } from '../../docker/read/assemble.js'
import type { Item } from '../../docker/read/manifestJSON.js'
import { warnOfGraph } from '../../layer/warnOfGraph.js'
import { isDigest } from '../../spec/digest.js'
import { ImageError } from '../../spec/errors.js'
import type { Descriptor } from '../../spec/parse.js'
import { familiarName } from '../../spec/reference.js'
import { type Node, type Reader, readDocument } from '../../store/graph.js'
import { warnOfFalseAttestations } from '../attestations.js'
import {
  type IndexedImage,
  type ItemImage,
  isReadable,
  type Listed,
  labelOf,
  namesInConflict,
  namesOf,
} from '../listed.js'
import { namesAnImage } from '../referrers.js'
import type { Source } from '../source.js'
import { checkEntry } from './checkEntry.js'
import { type Described, UNKNOWN } from './described.js'
import { describeEntry } from './describeEntry.js'
import { describeItem, describeV1 } from './describeItem.js'
import type { Faults } from './faults.js'

/** What is looked at, and how. */
interface Sight {
  source: Source
  /** Whether layers are read, too. */
  isFull: boolean
  faults: Faults
  items: ItemDescriptions
}

/** Each item is described once. */
type ItemDescriptions = ReadonlyMap<Item, Promise<Described>>

/** The same, and what was described: several entries may reach the same. */
type Whole = Sight & { seen: Set<readonly Node[]> }

/** Describes images of manifest.json, so that each can be chosen by the digest that is shown of it. */
export async function describeItems(offers: readonly Listed[], archive: Archive): Promise<ItemDescriptions> {
  const items = new Map<Item, Promise<Described>>()
  for (const offer of offers) {
    if (offer.kind !== 'item') continue
    const describing = describeItem(offer.item, archive)
    items.set(offer.item, describing)
    // Its failure is that of the image, if that is chosen.
    const { digest } = await describing.catch(() => UNKNOWN)
    if (digest !== null) offer.manifestDigest = digest
  }
  return items
}

/** Describes offers, also those that `convert` refuses: what is wrong with them is their problem. */
export async function describeAll(offers: readonly Listed[], sight: Sight): Promise<Described[]> {
  const { source, faults } = sight
  const candidates = offers.filter(isReadable)
  warnOfFalseAttestations(candidates, source.archive.context.warn)
  const conflicts = await namesInConflict(candidates.filter(namesAnImage), source.blobs)
  const whole = { ...sight, seen: new Set<readonly Node[]>() }
  const described: Described[] = []
  for (const offer of offers) {
    const image = await describe(offer, whole).catch((fault: unknown) => broken(offer, fault, faults))
    const conflict = isReadable(offer) ? conflicts.get(offer) : undefined
    const problem = conflict === undefined ? undefined : faults.note(conflict, labelOf(offer))
    described.push(withProblems(image, [problem]))
  }
  return described
}

async function describe(offer: Listed, sight: Whole): Promise<Described> {
  if (offer.kind === 'broken') throw offer.failure
  if (offer.kind === 'v1') return describeV1(offer.image, sight.source.archive)
  return offer.kind === 'index' ? describeIndexed(offer, sight) : describeListed(offer, sight)
}

/** What is shown of an offer that cannot be read. @throws the fault, if it is none of the offer's */
function broken(offer: Listed, fault: unknown, faults: Faults): Described {
  const problem = faults.note(fault, labelOf(offer))
  const label = offer.kind === 'broken' ? offer.label : offer.kind === 'index' ? (offer.entries[0]?.digest ?? '') : ''
  return {
    ...UNKNOWN,
    kind: 'broken',
    names: namesOf(offer).map(familiarName),
    digest: isDigest(label) ? label : null,
    present: offer.kind !== 'broken',
    problem,
  }
}

/** The image, with what else is wrong with it. */
function withProblems(image: Described, found: readonly (string | undefined)[]): Described {
  const problems = [image.problem ?? undefined, ...found].filter((problem) => problem !== undefined)
  return { ...image, problem: problems.length === 0 ? null : [...new Set(problems)].join('; ') }
}

async function describeIndexed(offer: IndexedImage, sight: Whole): Promise<Described> {
  const { isFull, source, faults, seen } = sight
  const { warn, budget } = source.archive.context
  const isKnown = seen.has(offer.nodes)
  // What many entries reach is told of each, which must not be too much.
  if (isKnown) budget.steps.take(offer.nodes.length)
  seen.add(offer.nodes)
  warnOfGraph(offer.entries, offer.nodes, warn)
  const described = await describeEntry(offer, source)
  if (!isFull) return noted(described, offer, sight)
  const found: (string | undefined)[] = isKnown ? [] : await checkEntry(offer, { source, faults })
  found.push(await faults.check(labelOf(offer), () => checkLayers(offer.unchecked, source.layers)))
  return withProblems(described, found)
}

async function describeListed(offer: ItemImage, sight: Whole): Promise<Described> {
  const { source, isFull, faults, items } = sight
  const { archive, layers } = source
  const { item } = offer
  const image = await (items.get(item) ?? describeItem(item, archive))
  if (!isFull) return noted(image, offer, sight)
  let complete = image
  const problem = await faults.check(labelOf(offer), async () => {
    const [manifest] = await assemble([item], layers)
    if (manifest !== undefined) complete = await completed(image, manifest, layers.sink)
    for (const diffID of item.diffIDs) faults.layers.add(diffID)
    faults.images.add(item.config.digest)
  })
  return withProblems(complete, [problem])
}

/** The description, whose problem is told; it can be seen without reading layers. */
function noted(described: Described, offer: Listed, { faults, source }: Sight): Described {
  const { problem } = described
  if (problem !== null)
    faults.note(new ImageError('NOT_FOUND', problem, { where: source.archive.name }), labelOf(offer))
  return described
}

/** What is known once the layers were read. */
async function completed(image: Described, manifest: Descriptor, sink: Reader): Promise<Described> {
  const { layers } = (await readDocument(sink, manifest)).manifest()
  const complete = image.layers.map((layer, at) => ({ ...layer, ...layers[at] }))
  return { ...image, digest: manifest.digest, mediaType: manifest.mediaType, layers: complete }
}
