import type { Context } from '../bytes/context.js'
import { mapParallel } from '../bytes/mapParallel.js'
import { lookAt } from '../bytes/sniff.js'
import { packingOf } from '../compression/codecs.js'
import { assertClaim, type Claim } from '../spec/claim.js'
import { chosenCompression, type Packing } from '../spec/compression.js'
import { shortDigest } from '../spec/digest.js'
import { attempt } from '../spec/errors.js'
import { isForeignLayer, layerCompression } from '../spec/mediaTypes.js'
import type { Descriptor } from '../spec/parse.js'
import type { BlobPool, BlobSource, Reader } from '../store/blobs.js'
import { missingBlob, walkGraph } from '../store/graph.js'
import type { LeaveOut, Node, Root } from '../store/nodes.js'
import { putContent } from '../store/putContent.js'
import { carryDocuments } from './carryDocuments.js'
import { warnOfMediaType } from './check.js'
import type { NewDocuments } from './edit.js'
import { assertOneIsWhole } from './incomplete.js'
import type { Layer } from './layer.js'
import { jobLimits, type LayerOptions } from './layerOptions.js'
import { type LayerBytes, storeLayer } from './pipeline.js'
import { warnOfGraph } from './warnOfGraph.js'

type Sink = Pick<BlobPool, 'has' | 'open' | 'put' | 'leaveInPlace' | 'documents'>

/** Options for carrying images. */
export interface TransferOptions extends LayerOptions {
  /** Children of an index that are not carried, although the index keeps its bytes and names them. */
  leaveOut?: LeaveOut
  /** Children that are taken out of their indexes; these get new digests. */
  drop?: LeaveOut
}

interface Transfer {
  source: Reader & Pick<BlobSource, 'presentation'>
  sink: Sink
  context: Context
  options: TransferOptions
  /** Digests of manifests whose configs were looked at before: no warnings of those configs are given. */
  known?: ReadonlySet<string>
  /** Layers with new bytes from earlier transfers into the same sink, by their old digests. */
  changed?: Map<string, Layer>
}

/** The result of a transfer. */
interface Transferred {
  /** In the order of the given roots. */
  roots: Descriptor[]
  /** All documents that changed, by their old digests. */
  now: NewDocuments
  /** The compressor of the layers; undefined if none was compressed. */
  compressor: string | undefined
}

/**
 * Carries images and everything that they reach from a source to a sink, leaves first. With layers kept, every byte
 * stays. Otherwise layers are compressed as chosen, and the documents above them are rewritten.
 * @throws ImageError INTEGRITY, FORMAT, NOT_FOUND
 */
export async function transfer(roots: readonly Descriptor[], work: Transfer): Promise<Transferred> {
  const { leaveOut, drop: isDropped = () => false } = work.options
  const nodes = await walkGraph(either(work), roots, (child) => isDropped(child) || leaveOut?.(child) === true)
  for (const root of roots) assertOneIsWhole(root, nodes)
  warnOfGraph(roots, nodes, work.context.warn)
  const layers = await carryBlobs(nodes, work)
  const now = await carryDocuments(nodes, work, { layers, isDropped })
  const compressed = [...layers.values()].find(({ compressor }) => compressor !== undefined)
  return {
    roots: roots.map((root) => ({ ...root, ...now.get(root.digest) })),
    now,
    compressor: compressed?.compressor,
  }
}

/** Returns a reader of both: the sink may have from before what the source lacks. */
function either({ source, sink }: Pick<Transfer, 'source' | 'sink'>): Reader {
  const { documents } = source
  return {
    has: async (claim) => (await source.has(claim)) || (await sink.has(claim)),
    async *open(claim, start) {
      yield* (await source.has(claim)) ? source.open(claim, start) : sink.open(claim, start)
    },
    ...(documents === undefined ? {} : { documents }),
  }
}

/** Carries what is no document; returns the layers whose bytes changed. */
async function carryBlobs(nodes: Node[], work: Transfer): Promise<Map<string, Layer>> {
  const { changed = new Map<string, Layer>() } = work
  const blobs = nodes.filter(({ kind }) => kind === 'blob').map(({ descriptor }) => descriptor)
  // The manifests that name these blobs are not rewritten, so the blobs must not change.
  const named = new Set(nodes.flatMap((node) => (node.kind === 'blob' ? (node.children ?? []) : [])).map(digestIn))
  const { overall } = work.context
  const unread = blobs.filter(({ digest }) => work.source.presentation?.(digest)?.isClaimed !== false)
  for (const blob of unread) overall.expect({ name: nameOf(blob, work), size: blob.size })
  await mapParallel(blobs, work.context.jobs, {
    sizeOf: ({ size }) => size,
    ...jobLimits(work.options),
    work: (blob) =>
      attempt(taskOf(blob, work), async () => {
        const layer = changed.get(blob.digest) ?? (await carryBlob(blob, named.has(blob.digest) ? keeping(work) : work))
        overall.forget(nameOf(blob, work))
        const isSame = layer?.digest === blob.digest && layer.compression === layerCompression(blob.mediaType)
        if (layer !== undefined && !isSame) changed.set(blob.digest, layer)
      }),
  })
  return changed
}

/** Returns the name of content in messages and progress. */
function nameOf({ digest }: Root, { source }: Transfer): string {
  return source.presentation?.(digest)?.name ?? shortDigest(digest)
}

function taskOf(blob: Root, work: Transfer): string {
  const isPresented = work.source.presentation?.(blob.digest) !== undefined
  return `${isPresented ? 'ingest' : 'copy blob'} ${nameOf(blob, work)}`
}

function digestIn({ digest }: Descriptor): string {
  return digest
}

function keeping(work: Transfer): Transfer {
  return { ...work, options: { ...work.options, layers: 'keep' } }
}

async function carryBlob(blob: Root, work: Transfer): Promise<Layer | undefined> {
  const { source, sink, context, options } = work
  const presented = source.presentation?.(blob.digest)
  const isThere = await source.has(blob)
  const found = isThere ? await packingOfLayer(blob, { source, context }) : undefined
  const isChanging = needsChange(blob, found, options)
  if (!isChanging && presented?.isClaimed !== true && (await sink.has(blob))) return undefined
  if (!isThere) {
    if (isForeignLayer(blob.mediaType)) return undefined
    throw missingBlob(blob)
  }
  const { digest, size } = blob
  const bytes = context.watch({ name: nameOf(blob, work), size }, source.open(blob))
  const claim = { digest, size, ...(presented?.what === undefined ? {} : { what: presented.what }) }
  const open = (start?: number) => source.open(blob, start)
  if (isChanging && claim.what !== undefined) return changePlain({ bytes, plainClaim: claim, open }, work)
  if (isChanging) return storeLayer({ bytes, claim, open }, sink, options)
  await putContent(sink, { claim, open }, bytes)
  return undefined
}

/** Stores a plain layer in another form. Its claim is on its diffID, which is computed anyway. */
async function changePlain(layer: LayerBytes & { plainClaim: Claim }, { sink, options }: Transfer): Promise<Layer> {
  const stored = await storeLayer(layer, sink, options)
  assertClaim({ digest: stored.diffID, size: layer.plainClaim.size }, layer.plainClaim)
  return stored
}

/** Returns the compression of a layer, sniffed from its bytes; undefined if it is not a layer. */
async function packingOfLayer(
  blob: Root,
  { source, context }: Pick<Transfer, 'source' | 'context'>,
): Promise<Packing | undefined> {
  if (layerCompression(blob.mediaType) === undefined) return undefined
  const found = packingOf(await lookAt(source.open(blob)))
  warnOfMediaType(blob, found, context.warn)
  return found
}

/** True if a layer must be rewritten: its compression is not the chosen one, or its media type states another. */
function needsChange({ mediaType }: Root, found: Packing | undefined, { layers }: TransferOptions): boolean {
  const stated = layerCompression(mediaType)
  if (stated === undefined || layers === 'keep') return false
  const wanted = chosenCompression(layers, stated)
  return stated !== wanted || (found !== undefined && found !== wanted)
}
