import type { Archive } from '../../archive/archive.js'
import type { LayerStore } from '../../archive/layerStore.js'
import { single } from '../../bytes/bytes.js'
import { mapParallel } from '../../bytes/mapParallel.js'
import { assertCount, assertDiffID, diffIDName } from '../../layer/check.js'
import { jobLimits, type Layer, storeLayer } from '../../layer/pipeline.js'
import { digestOf, parseDigest } from '../../spec/digest.js'
import { attempt } from '../../spec/errors.js'
import { canonicalJSON } from '../../spec/json/canonical.js'
import { OCI_CONFIG, OCI_MANIFEST, ociLayerType } from '../../spec/mediaTypes.js'
import type { Descriptor, Manifest } from '../../spec/parse.js'
import { familiarName } from '../../spec/reference.js'
import { putDocument } from '../../store/blobs.js'
import type { TarEntry } from '../../tar/entry.js'
import { EMPTY_TAR, findLayer, isEmptyTar } from './layerFile.js'
import type { Item } from './manifestJSON.js'

/** Stored layers by their path in the archive. */
type StoredLayers = ReadonlyMap<string, Layer>

/**
 * Stores the images of a docker archive as OCI images: configs as they are, layers as the options say, and for each
 * image the manifest that Docker >= 25 would write.
 * @returns descriptors of the manifests, in the order of the items
 * @throws ImageError INTEGRITY unless counts and diffIDs agree, NOT_FOUND for a missing layer
 */
export async function assemble(items: readonly Item[], store: LayerStore): Promise<Descriptor[]> {
  const layers = await storeLayers(items, store)
  const manifests: Descriptor[] = []
  for (const item of items) {
    await store.context.breathe()
    manifests.push(await storeManifest(item, layers, store))
  }
  return manifests
}

/**
 * Stores every layer file that the items name, each file once, and checks the layers against the configs.
 * @throws ImageError INTEGRITY, NOT_FOUND
 */
async function storeLayers(items: readonly Item[], store: LayerStore): Promise<StoredLayers> {
  for (const item of items) {
    await attempt(`image ${label(item)}`, async () => assertCount(item.diffIDs.length, item.layers.length))
  }
  const layers = new Map<string, Layer>()
  await mapParallel(await filesOf(items, store.archive), store.context.jobs, {
    sizeOf: ({ member }) => member.size,
    ...jobLimits(store.options),
    work: async (file) => layers.set(file.path, await storeFile(file, store)),
  })
  for (const item of items) {
    await store.context.breathe()
    for (const [at, path] of item.layers.entries()) await checkLayer(item, layers.get(path), at)
  }
  return layers
}

/**
 * Checks the layers that the items name, but stores none. For images that are carried as the index lists them, while
 * manifest.json names these files for them, too.
 * @throws ImageError INTEGRITY, NOT_FOUND
 */
export async function checkLayers(items: readonly Item[], store: LayerStore): Promise<void> {
  await mapParallel(await filesOf(items, store.archive), store.context.jobs, {
    sizeOf: ({ member }) => member.size,
    work: ({ path, item, at, member }) =>
      attempt(`ingest ${path}`, async () => {
        if (!isEmptyTar(member, item.diffIDs[at])) assertDiffID(item.diffIDs[at], await store.diffID(member), at)
      }),
  })
}

/** A layer file, and one place where an image uses it. */
interface LayerFile {
  path: string
  item: Item
  at: number
  member: TarEntry
}

/** Returns each layer file that the items name, once. */
async function filesOf(items: readonly Item[], archive: Archive): Promise<LayerFile[]> {
  const places = new Map(items.flatMap((item) => item.layers.map((path, at) => [path, { path, item, at }] as const)))
  const files: LayerFile[] = []
  for (const place of places.values()) files.push({ ...place, member: await findLayer(place.path, archive) })
  return files
}

async function storeFile({ path, item, at, member }: LayerFile, store: LayerStore): Promise<Layer> {
  const diffID = parseDigest(item.diffIDs[at] ?? '', path)
  if (isEmptyTar(member, diffID)) {
    return storeLayer({ bytes: single(EMPTY_TAR) }, store.sink, store.options)
  }
  return store.layer(member, { digest: diffID, size: member.size, what: diffIDName(at) })
}

async function checkLayer(item: Item, layer: Layer | undefined, at: number): Promise<void> {
  await attempt(`ingest ${item.layers[at]}`, async () => assertDiffID(item.diffIDs[at], layer?.diffID ?? 'none', at))
}

async function storeManifest(item: Item, layers: StoredLayers, { sink }: LayerStore): Promise<Descriptor> {
  const { digest: id, bytes } = item.config
  await putDocument(sink, bytes, { digest: id, size: bytes.length })
  const parts = item.layers.flatMap((path) => layers.get(path) ?? [])
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: OCI_CONFIG, digest: id, size: bytes.length },
    layers: parts.map(({ compression, digest, size }) => ({ mediaType: ociLayerType(compression), digest, size })),
  }
  const text = canonicalJSON(manifest)
  const descriptor = { mediaType: OCI_MANIFEST, digest: digestOf(text), size: text.length }
  await putDocument(sink, text, descriptor)
  return descriptor
}

/** Returns the image's name in messages. */
function label({ names, config }: Item): string {
  return names[0] === undefined ? config.digest : familiarName(names[0])
}
