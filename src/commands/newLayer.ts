import type { Bytes } from '../bytes/bytes.js'
import type { Context } from '../bytes/context.js'
import { compress } from '../compression/codecs.js'
import { tap } from '../hashing/tap.js'
import type { LayoutImage } from '../image/layoutImage.js'
import type { NewManifest } from '../image/rewriteImage.js'
import { configWithLayers } from '../layer/configText.js'
import { manifestWithLayers } from '../layer/documentText.js'
import { type HistoryOptions, layerStep } from '../layer/historyEntry.js'
import { imageConfigOf, noImage } from '../layer/imageConfig.js'
import type { ManifestNode } from '../layer/nodeTable.js'
import type { Compression } from '../spec/compression.js'
import { defined } from '../spec/defined.js'
import { type Digest, digestOf } from '../spec/digest.js'
import type { JSONDocument } from '../spec/documents.js'
import { ImageError } from '../spec/errors.js'
import { DOCKER_MANIFEST, dockerLayerType, layerCompression, ociLayerType } from '../spec/mediaTypes.js'
import type { Descriptor } from '../spec/parse.js'
import type { BlobPool, Reader } from '../store/blobs.js'
import type { COMPRESS_CHOICES } from './layerOptions.js'

/** A layer that is in a pool. */
export interface StoredLayer {
  digest: Digest
  /** Bytes as stored. */
  size: number
  compression: Compression
  diffID: Digest
  /** Bytes of the tar. */
  plainSize: number
}

interface LayerWork {
  /** Name and size for progress. */
  name: string
  size: number
  compression: Compression
  pool: Pick<BlobPool, 'put'>
  context: Context
  signal: AbortSignal | undefined
}

/** Compresses the tar of a layer, and puts it into a pool. */
export async function storeNewLayer(tar: Bytes, work: LayerWork): Promise<StoredLayer> {
  const { name, size, compression, pool, context, signal } = work
  const { bytes, sum: plain } = tap(context.watch({ name, size }, tar), 'sha256', { inThread: false })
  const stored = await pool.put(compress(bytes, compression, { jobs: context.jobs, signal }))
  const { digest: diffID, size: plainSize } = await plain
  return { ...stored, compression, diffID, plainSize }
}

/**
 * Returns the compression that a choice means for a layer of these manifests: `auto` is that of the last compressed layer
 * of the first, or gzip.
 * @throws ImageError UNSUPPORTED for zstd in a Docker manifest
 */
export function layerCompressionFor(
  choice: (typeof COMPRESS_CHOICES)[number] = 'auto',
  manifests: readonly ManifestNode[],
): Compression {
  const layers = manifests[0]?.document.layers ?? []
  const known = layers.map(({ mediaType }) => layerCompression(mediaType.replace('.nondistributable', '')))
  const last = known.findLast((compression) => compression === 'gzip' || compression === 'zstd')
  const chosen = choice === 'auto' ? (last ?? 'gzip') : choice
  if (choice === 'auto' && manifests.some(isDocker)) return chosen === 'zstd' ? 'gzip' : chosen
  assertHolds(chosen, manifests, 'choose gzip, or convert the image with --layers zstd')
  return chosen
}

/** Checks that manifests have a media type for a compression. @throws ImageError UNSUPPORTED */
export function assertHolds(compression: Compression, manifests: readonly ManifestNode[], hint: string): void {
  const docker = compression === 'zstd' ? manifests.find(isDocker) : undefined
  if (docker === undefined) return
  throw new ImageError('UNSUPPORTED', 'a Docker manifest has no media type for zstd layers', {
    where: docker.descriptor.digest,
    hint,
  })
}

function isDocker({ descriptor }: ManifestNode): boolean {
  return descriptor.mediaType === DOCKER_MANIFEST
}

/** Reads the config of an image. @throws ImageError UNSUPPORTED for what is no image with a root file system */
export async function layeredConfig(
  { manifest }: Pick<LayoutImage, 'manifest'>,
  reader: Reader,
): Promise<JSONDocument> {
  const where = manifest.descriptor.digest
  const config = await imageConfigOf(manifest.document, { reader, where })
  if (config.config().rootfs === undefined) throw noImage(manifest.document, where)
  return config
}

/** The size of a layer's tar, as umoci states it where a layer is compressed. */
const PLAIN_SIZE = 'ci.umo.uncompressed_blob_size'

/** A layer, and its step of the history, if there is to be one. */
export interface LayerWithStep {
  layer: StoredLayer
  step: string | undefined
}

/** Returns the documents of an image with further layers. */
export function withLayers(
  { manifest }: Pick<LayoutImage, 'manifest'>,
  config: JSONDocument,
  added: readonly LayerWithStep[],
): NewManifest {
  const diffIDs = added.map(({ layer: { diffID }, step }) => ({ diffID, step }))
  const bytes = configWithLayers(config.bytes, diffIDs)
  const descriptors = added.map(({ layer }) => layerDescriptor(layer, manifest))
  const claim = { digest: digestOf(bytes), size: bytes.length }
  return { config: bytes, manifest: manifestWithLayers(manifest, claim, descriptors), platform: {} }
}

/** Returns the descriptor of a layer in a manifest of this kind. */
export function layerDescriptor(
  { digest, size, compression, plainSize }: StoredLayer,
  manifest: ManifestNode,
): Descriptor {
  return {
    mediaType: isDocker(manifest) && compression !== 'zstd' ? dockerLayerType(compression) : ociLayerType(compression),
    digest,
    size,
    ...(plainSize === size ? {} : { annotations: { [PLAIN_SIZE]: `${plainSize}` } }),
  }
}

/** Returns the step for a new layer; undefined if there is to be none. @throws ImageError USAGE */
export function stepFor(
  history: HistoryOptions | false | undefined,
  { config, command, make = layerStep }: StepContext,
): string | undefined {
  if (history === false) return undefined
  const { author } = config.config()
  return make({ author: author ?? '', createdBy: command, ...defined({ ...history }) })
}

interface StepContext {
  config: JSONDocument
  /** The command that makes the layer. It stands in the history unless the options say what does. */
  command: string
  make?: (options: HistoryOptions) => string
}
