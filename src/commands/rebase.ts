import { concealing } from '../archive/linkedBlobs.js'
import { collecting } from '../bytes/context.js'
import { rebased } from '../image/rebase.js'
import type { ImageToEdit } from '../image/rewriteImage.js'
import type { ManifestNode } from '../layer/nodeTable.js'
import { transfer } from '../layer/transfer.js'
import { type Digest, parseDigest } from '../spec/digest.js'
import { ImageError } from '../spec/errors.js'
import type { PlatformName } from '../spec/platform.js'
import type { Warning } from '../spec/warnings.js'
import type { BlobPool } from '../store/blobs.js'
import { SkimPool } from '../store/skimPool.js'
import { type ImagePlace, parseImagePlace } from '../transport/imagePlace.js'
import type { OpenedSource } from '../transport/openSource.js'
import { type BaseImage, baseFor, openBase, readBase } from './baseImages.js'
import { assertRebaseOptions } from './checkOptions.js'
import { type EditedPlatform, editedPlatforms, platformOfManifest } from './editedPlatforms.js'
import { editImage } from './editImage.js'
import type { EditMeans } from './imageEdit.js'
import type { RebaseOptions } from './layerOptions.js'
import { layeredConfig } from './newLayer.js'
import { running } from './running.js'

/** The base that an image has, and the one that it gets. */
export interface Bases {
  old: ImagePlace
  new: ImagePlace
}

/** The result of rebasing. */
export interface Rebased {
  /** Digest of what the image's name stands for: the manifest, or an index above it. */
  digest: string
  manifests: EditedPlatform[]
  warnings: Warning[]
}

/**
 * Replaces the lowest layers of an image, which have to be those of its old base, by the layers of a new base; on all
 * platforms, or on the one that is chosen. The image keeps its config, but for the layers and their history.
 * @throws ImageError INTEGRITY if the image has another base; NOT_FOUND if a base lacks a platform; USAGE
 */
export async function rebase(image: ImagePlace, bases: Bases, options: RebaseOptions = {}): Promise<Rebased> {
  return running(`rebase ${image}`, options, async () => {
    assertRebaseOptions(options)
    assertPlaces([image, bases.old, bases.new])
    const { context, warnings } = collecting(options)
    // They stay open until the image is written, since their layers may be read only then.
    await using old = await openBase(bases.old, options.signal)
    await using next = await openBase(bases.new, options.signal)
    const platforms = new Map<string, PlatformName>()
    const { edited, manifests } = await editImage(image, {
      options,
      context,
      edit: { scope: 'each', prepare: (found, means) => prepare({ bases, old, next, platforms }, found, means) },
    })
    return { digest: edited.digest, manifests: editedPlatforms(manifests, platforms), warnings: warnings() }
  })
}

interface Opened {
  bases: Bases
  old: OpenedSource
  next: OpenedSource
  /** Gets the platforms, by the manifests' digests. */
  platforms: Map<string, PlatformName>
}

async function prepare(opened: Opened, { manifests }: ImageToEdit, means: EditMeans) {
  const { bases, platforms } = opened
  const { reader, pool, context, signal } = means
  const sink = new SkimPool(context.documents)
  const old = await readBase(opened.old, { place: bases.old, sink, context, signal })
  const next = await readBase(opened.next, { place: bases.new, sink: pool, context, signal })
  const change = async (manifest: ManifestNode) => {
    const config = await layeredConfig({ manifest }, reader)
    const platform = platformOfManifest(manifest, config)
    platforms.set(manifest.descriptor.digest, platform)
    const both = { old: baseFor(old, platform), next: baseFor(next, platform) }
    return { base: both.next.manifest, documents: rebased({ image: { manifest, config }, ...both }, context.warn) }
  }
  // Refuses a wrong base before the work.
  const changes = new Map<string, Awaited<ReturnType<typeof change>>>()
  for (const manifest of manifests) changes.set(manifest.descriptor.digest, await change(manifest))
  const used = new Set([...changes.values()].map(({ base }) => base))
  return {
    blobs: await carryBase(next, [...used], means),
    next: async (manifest: ManifestNode) => {
      const { documents } = changes.get(manifest.descriptor.digest) ?? (await change(manifest))
      return documents
    },
  }
}

/** Carries the layers of a base to the pool; returns their digests. */
async function carryBase(
  { archive, blobs, settle }: BaseImage,
  manifests: readonly ManifestNode[],
  { pool, context, signal }: EditMeans,
): Promise<Digest[]> {
  await concealing(archive, async () => {
    const roots = manifests.map(({ descriptor }) => descriptor)
    const options = { layers: 'keep' as const, jobs: context.jobs, signal }
    await transfer(roots, { source: blobs, sink: pool, context, options })
    await settle()
  })
  return presentLayers(manifests, pool)
}

/** Returns the layers that are in the pool: foreign ones may be elsewhere. */
async function presentLayers(manifests: readonly ManifestNode[], pool: BlobPool): Promise<Digest[]> {
  const present: Digest[] = []
  for (const { digest: text, size } of manifests.flatMap(({ document }) => document.layers)) {
    const digest = parseDigest(text)
    if (await pool.has({ digest, size })) present.push(digest)
  }
  return present
}

/** Checks that standard input has one reader. @throws ImageError USAGE */
function assertPlaces(places: readonly ImagePlace[]): void {
  const readers = places.filter((place) => parseImagePlace(place).path === '-')
  if (readers.length > 1) throw new ImageError('USAGE', 'standard input can be read only once', { found: '- twice' })
}
