import { LayerStore } from '../archive/layerStore.js'
import { concealing } from '../archive/linkedBlobs.js'
import { collecting } from '../bytes/context.js'
import { listImages, withConfigs } from '../image/list.js'
import { type IndexedImage, namesOf, readable, type Selected } from '../image/listed.js'
import { openImage } from '../image/openImage.js'
import { resolveManifest } from '../image/resolveManifest.js'
import { select } from '../image/select.js'
import { type Source, sourceWith } from '../image/source.js'
import type { ImageStat } from '../image/stat/imageStat.js'
import { statOf } from '../image/stat/statOf.js'
import { several, usualImages } from '../image/usual.js'
import type { Reader } from '../store/blobs.js'
import { walkGraph } from '../store/graph.js'
import { named } from '../store/names.js'
import { SkimPool } from '../store/skimPool.js'
import { type ImagePlace, parseImagePlace } from '../transport/imagePlace.js'
import { openSource } from '../transport/openSource.js'
import { assertStatOptions } from './checkOptions.js'
import type { StatOptions } from './layoutOptions.js'
import { running } from './running.js'
import { withoutCopying } from './withoutCopying.js'

/**
 * Returns what the manifest and the config of one image say, from any place. The manifest of an image that only
 * manifest.json lists is the one that a conversion would write; its layers are read for that.
 * @throws ImageError
 */
export async function stat(image: ImagePlace, options: StatOptions = {}): Promise<ImageStat> {
  return running(`stat ${image}`, options, async () => {
    assertStatOptions(options)
    const { selector, ...place } = parseImagePlace(image)
    const by = place.transport === 'docker-archive' ? 'name' : 'ref.name first'
    await using opened = await openSource(place, { name: image, signal: options.signal })
    const context = withoutCopying(collecting(options).context)
    const pool = new SkimPool(context.documents)
    const target = { sink: pool, options: { layers: 'keep' as const, jobs: context.jobs } }
    const archive = await opened.input.read({ ...target, context, layers: 'none' })
    const source = sourceWith(new LayerStore(archive, target))
    return await concealing(archive, async () => {
      // Shown as it stands, also if its two names disagree.
      const images = await listImages(source, opened.listing, (entry) => entry)
      const listed = await withConfigs(images, source.layers)
      const chosen = selector === undefined ? usualImages(listed) : select(listed, [selector], by)
      const { images: read, reader } = await withManifests(readable(chosen), source)
      const { image: found, manifest } = await resolveManifest(read, options.platform, reader)
      const isRoot = found.entries[0]?.digest === manifest.descriptor.digest
      return statOf(manifest, isRoot ? (found.entries[0] ?? manifest.descriptor) : manifest.descriptor, reader)
    })
  })
}

/** Returns the images with their manifests, and a reader of these. */
async function withManifests(
  selected: readonly Selected[],
  source: Source,
): Promise<{ images: IndexedImage[]; reader: Reader }> {
  const images = selected.filter((image) => image.kind === 'index')
  const items = selected.filter((image) => image.kind === 'item')
  if (items.length === 0) return { images, reader: source.blobs }
  if (images.length > 0) throw several(selected)
  const readers: Reader[] = []
  for (const item of items) {
    const { root, blobs } = await openImage(item, source)
    readers.push(blobs)
    const entries = namesOf(item).length === 0 ? [root] : namesOf(item).map((name) => named(root, name))
    images.push({ kind: 'index', entries, nodes: await walkGraph(blobs, [root]), unchecked: [] })
  }
  return { images, reader: readerOfAll(readers) }
}

function readerOfAll(readers: readonly Reader[]): Reader {
  const having = async (claim: Parameters<Reader['has']>[0]) => {
    for (const reader of readers) if (await reader.has(claim)) return reader
    return undefined
  }
  return {
    has: async (claim) => (await having(claim)) !== undefined,
    async *open(claim, start) {
      const reader = await having(claim)
      if (reader !== undefined) yield* reader.open(claim, start)
    },
  }
}
