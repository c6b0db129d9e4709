import { packingOf } from '../bytes/compression/table.js'
import type { Context } from '../bytes/context.js'
import { inOrder } from '../bytes/inOrder.js'
import { lookAt } from '../bytes/sniff.js'
import { chosenCompression, type Packing } from '../spec/compression.js'
import { algorithmOf, digestOf, isDigest, parseDigest, shortDigest } from '../spec/digest.js'
import { attempt } from '../spec/errors.js'
import { canonicalJSON } from '../spec/json.js'
import { isForeignLayer, isIndexType, isManifestType, layerCompression } from '../spec/mediaTypes.js'
import { warnOfBytes, warnOfMissing, warnOfOddities } from '../spec/oddities.js'
import type { Descriptor } from '../spec/parse.js'
import type { Warn } from '../spec/warnings.js'
import { type BlobPool, putDocument } from '../store/blobs.js'
import { type LeaveOut, missingBlob, type Node, type Reader, type Root, walkGraph } from '../store/graph.js'
import { assertLayersAgree, hasImageConfig, isImage, warnOfConfig, warnOfMediaType } from './check.js'
import { editIndex, editManifest, type NewDocuments } from './edit.js'
import { readImageConfig } from './imageConfig.js'
import { assertOneIsWhole, warnOfSparse } from './incomplete.js'
import { tableOf } from './nodeTable.js'
import { diffIDOf, type Layer, type LayerOptions, lanesOf, storeLayer } from './pipeline.js'
import { following, referredIn } from './reference.js'

type Sink = Pick<BlobPool, 'has' | 'open' | 'put' | 'documents'>

/** What is carried, and how. */
export interface TransferOptions extends LayerOptions {
  /** Children of an index that are not carried, although the index keeps its bytes and names them. */
  leaveOut?: LeaveOut
  /** Children that are taken out of their indexes; these get new digests. */
  drop?: LeaveOut
}

interface Work {
  source: Reader
  sink: Sink
  context: Context
  options: TransferOptions
}

/**
 * Carries images with all that they reach from a source to a sink, leaves first. With layers kept every byte stays;
 * otherwise layers are compressed as chosen, and the documents above them follow.
 * @returns what the roots are now, in their order, and what became of all documents that changed, by their old digests
 * @throws ImageError INTEGRITY, FORMAT, NOT_FOUND
 */
export async function transfer(
  roots: readonly Descriptor[],
  work: Work,
): Promise<{ roots: Descriptor[]; now: NewDocuments }> {
  const { leaveOut, drop: isDropped = () => false } = work.options
  const nodes = await walkGraph(either(work), roots, (child) => isDropped(child) || leaveOut?.(child) === true)
  for (const root of roots) assertOneIsWhole(root, nodes)
  warnOfGraph(roots, nodes, work.context.warn)
  const layers = await carryBlobs(nodes, work)
  const now = await carryDocuments(nodes, work, { layers, isDropped })
  return { roots: roots.map((root) => ({ ...root, ...now.get(root.digest) })), now }
}

/** What the source lacks may be in the sink from before. */
function either({ source, sink }: Pick<Work, 'source' | 'sink'>): Reader {
  const { documents } = source
  return {
    has: async (claim) => (await source.has(claim)) || (await sink.has(claim)),
    async *open(claim, start) {
      yield* (await source.has(claim)) ? source.open(claim, start) : sink.open(claim, start)
    },
    ...(documents === undefined ? {} : { documents }),
  }
}

/** Tells what is odd about images and what they reach. */
export function warnOfGraph(roots: readonly Descriptor[], nodes: readonly Node[], warn: Warn): void {
  for (const node of nodes) {
    const where = node.descriptor.digest
    if ('document' in node) warnOfDocument(node, warn)
    else if (node.kind === 'blob' && node.children !== undefined) {
      warn({ code: 'UNKNOWN_TYPE', message: 'it is a manifest without a config; it is copied as it is', where })
    }
  }
  warnOfSparse(nodes, warn)
  warnOfUnknown(roots, nodes, warn)
}

function warnOfDocument({ kind, descriptor, document, bytes }: DocumentNode, warn: Warn): void {
  const [where, stated] = [descriptor.digest, document.mediaType]
  warnOfOddities({ kind, value: document, where }, warn)
  warnOfMissing(kind, { value: document, where }, warn)
  warnOfBytes(bytes, where, warn)
  if (stated === undefined || stated === descriptor.mediaType) return
  const message = `it says of itself to be ${stated}, and its descriptor says ${descriptor.mediaType}; both are kept`
  warn({ code: 'MEDIA_TYPE', message, where })
}

/** What an index lists and is no manifest that is known may name other content, which would be left behind. */
function warnOfUnknown(roots: readonly Descriptor[], nodes: readonly Node[], warn: Warn): void {
  const listed = [...roots, ...nodes.flatMap((node) => (node.kind === 'index' ? node.children : []))]
  for (const [digest, mediaType] of new Map(listed.map(({ digest, mediaType }) => [digest, mediaType]))) {
    if (isIndexType(mediaType) || isManifestType(mediaType)) continue
    const type = mediaType === '' ? 'it has no media type' : `its media type, ${mediaType}, is unknown`
    const message = `${type}; it is copied as it is, without what it may name`
    warn({ code: 'UNKNOWN_TYPE', message, where: digest })
  }
}

/** Carries what is no document; returns the layers whose bytes changed. */
async function carryBlobs(nodes: Node[], work: Work): Promise<Map<string, Layer>> {
  const changed = new Map<string, Layer>()
  const blobs = nodes.filter(({ kind }) => kind === 'blob').map(({ descriptor }) => descriptor)
  // What names them is not edited.
  const named = new Set(nodes.flatMap((node) => (node.kind === 'blob' ? (node.children ?? []) : [])).map(digestIn))
  const { overall } = work.context
  for (const { digest, size } of blobs) overall.expect({ name: shortDigest(digest), size })
  await inOrder(blobs, work.context.jobs, {
    sizeOf: ({ size }) => size,
    ...lanesOf(work.options),
    work: (blob) =>
      attempt(`copy blob ${shortDigest(blob.digest)}`, async () => {
        const layer = await carryBlob(blob, named.has(blob.digest) ? keeping(work) : work)
        overall.forget(shortDigest(blob.digest))
        const isSame = layer?.digest === blob.digest && layer.compression === layerCompression(blob.mediaType)
        if (layer !== undefined && !isSame) changed.set(blob.digest, layer)
      }),
  })
  return changed
}

function digestIn({ digest }: Descriptor): string {
  return digest
}

function keeping(work: Work): Work {
  return { ...work, options: { ...work.options, layers: 'keep' } }
}

async function carryBlob(blob: Root, { source, sink, context, options }: Work): Promise<Layer | undefined> {
  const isThere = await source.has(blob)
  const found = isThere ? await packingOfLayer(blob, { source, context }) : undefined
  const isChanging = needsChange(blob, found, options)
  if (!isChanging && (await sink.has(blob))) return undefined
  if (!isThere) {
    if (isForeignLayer(blob.mediaType)) return undefined
    throw missingBlob(blob)
  }
  const bytes = context.watch({ name: shortDigest(blob.digest), size: blob.size }, source.open(blob))
  const claim = { digest: blob.digest, size: blob.size }
  const again = (start?: number) => source.open(blob, start)
  if (isChanging) return storeLayer({ bytes, claim, again }, sink, options)
  await sink.put(bytes, claim, again)
  return undefined
}

/** How a layer's bytes are compressed, by their look; undefined for what is no layer. */
async function packingOfLayer(
  blob: Root,
  { source, context }: Pick<Work, 'source' | 'context'>,
): Promise<Packing | undefined> {
  if (layerCompression(blob.mediaType) === undefined) return undefined
  const found = packingOf(await lookAt(source.open(blob)))
  warnOfMediaType(blob, found, context.warn)
  return found
}

/** A layer changes if its bytes are not compressed as chosen, or its media type does not say how they are. */
function needsChange({ mediaType }: Root, found: Packing | undefined, { layers }: TransferOptions): boolean {
  const stated = layerCompression(mediaType)
  if (stated === undefined || layers === 'keep') return false
  const wanted = chosenCompression(layers, stated)
  return stated !== wanted || (found !== undefined && found !== wanted)
}

interface Changes {
  /** Layers with new bytes. */
  layers: ReadonlyMap<string, Layer>
  isDropped: LeaveOut
}

/** Carries the documents, children first; returns what became of those that changed. */
async function carryDocuments(nodes: Node[], work: Work, changes: Changes): Promise<Map<string, Descriptor>> {
  const now = new Map<string, Descriptor>()
  const { incomplete } = tableOf(nodes)
  for (const node of subjectsFirst(nodes)) {
    await work.context.breathe()
    if (node.kind === 'manifest' && !incomplete.has(node.descriptor.digest)) await checkImage(node, work, changes)
    const { descriptor, bytes } = edited(node, { ...changes, now })
    await putDocument(work.sink, bytes, descriptor)
    if (descriptor.digest === node.descriptor.digest) continue
    now.set(node.descriptor.digest, {
      mediaType: descriptor.mediaType,
      digest: descriptor.digest,
      size: descriptor.size,
    })
  }
  for (const { document, descriptor } of nodes.filter(isDocument)) {
    const { subject } = document
    const about = now.get(subject?.digest ?? '')
    if (subject !== undefined && about !== undefined) warnOfSubject(descriptor.digest, subject, work.context)
  }
  return now
}

function isDocument(node: Node): node is DocumentNode {
  return node.kind === 'index' || node.kind === 'manifest'
}

/** Documents behind all that they name: their children, which come first already, and what they are about. */
function subjectsFirst(nodes: readonly Node[]): Iterable<DocumentNode> {
  const documents = new Map(nodes.filter(isDocument).map((node) => [node.descriptor.digest as string, node]))
  const ordered = new Set<DocumentNode>()
  for (const node of documents.values()) {
    const waiting = [node]
    const begun = new Set<DocumentNode>()
    for (let next = waiting.at(-1); next !== undefined; next = waiting.at(-1)) {
      const before = namedBy(next, documents).filter((one) => !ordered.has(one) && !begun.has(one))
      if (begun.has(next) || before.length === 0) {
        ordered.add(next)
        waiting.pop()
      } else {
        begun.add(next)
        waiting.push(...before)
      }
    }
  }
  return ordered
}

/** Documents whose digests stand in this one. */
function namedBy(node: DocumentNode, documents: ReadonlyMap<string, DocumentNode>): DocumentNode[] {
  const { document, children, kind } = node
  const named = [...children, ...(document.subject === undefined ? [] : [document.subject])].map(digestIn)
  const referred = kind === 'index' ? children.flatMap(referredIn) : []
  return [...named, ...referred].flatMap((digest) => documents.get(digest) ?? [])
}

type DocumentNode = Extract<Node, { bytes: Buffer }>
type ManifestNode = Extract<Node, { kind: 'manifest' }>

async function checkImage({ descriptor, document }: ManifestNode, work: Work, { layers }: Changes): Promise<void> {
  const { config } = document
  if (!hasImageConfig(document)) return
  await attempt(`check image ${shortDigest(descriptor.digest)}`, async () => {
    const { sink, context } = work
    const there: Reader = {
      has: (claim) => sink.has(claim),
      open: (claim) => sink.open(claim),
      documents: context.documents,
    }
    const read = await readImageConfig(document, there)
    if (read === undefined) return
    const [parsed, where] = [read.config(), config.digest]
    if (isImage(document)) warnOfConfig({ config: parsed, bytes: read.bytes, where }, work.context.warn)
    await assertLayersAgree(document, parsed, async (layer, claimed) => {
      const known = layers.get(layer.digest)?.diffID
      if (known !== undefined || layerCompression(layer.mediaType) !== 'none') return known
      // It may be compressed all the same, or its digest be of another algorithm.
      return layer.digest === claimed ? claimed : plainDigest(layer, claimed, work.sink)
    })
  })
}

async function plainDigest({ digest, size }: Descriptor, claimed: string, sink: Sink): Promise<string> {
  const bytes = sink.open({ digest: parseDigest(digest), size })
  return diffIDOf(bytes, isDigest(claimed) ? algorithmOf(claimed) : undefined)
}

/** A document with what changed below it; the very same bytes if nothing did. */
function edited(node: DocumentNode, { layers, isDropped, now }: Changes & { now: ReadonlyMap<string, Descriptor> }) {
  const isListedAnew = (child: Root) => isDropped(child) || following(child, now) !== child
  const isAffected = (child: Root) =>
    layers.has(child.digest) || now.has(child.digest) || (node.kind === 'index' && isListedAnew(child))
  if (!node.children.some(isAffected) && !now.has(node.document.subject?.digest ?? '')) return node
  const { document, mediaType } =
    node.kind === 'manifest'
      ? editManifest(node.document, node.document.mediaType ?? node.descriptor.mediaType, { layers, documents: now })
      : { document: editIndex(node.document, now, isDropped), mediaType: node.descriptor.mediaType }
  const bytes = canonicalJSON(document)
  return { descriptor: { ...node.descriptor, mediaType, digest: digestOf(bytes), size: bytes.length }, bytes }
}

function warnOfSubject(where: string, { digest }: Descriptor, { warn }: Context): void {
  const message = `it follows what it is about, ${digest}, which was rewritten; what it says or signs is of the old one`
  warn({ code: 'ORPHANED_SUBJECT', message, where })
}
