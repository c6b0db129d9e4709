import type { Output } from '../../archive/output/output.js'
import type { Pool } from '../../archive/output/pool.js'
import type { Context } from '../../bytes/context.js'
import type { ArchiveFormat } from '../../spec/archiveFormat.js'
import { digestOf, parseDigest } from '../../spec/digest.js'
import { ImageError } from '../../spec/errors.js'
import { canonicalJSON } from '../../spec/json/canonical.js'
import { isForeignLayer, isWasmLayer } from '../../spec/mediaTypes.js'
import type { Descriptor, Index } from '../../spec/parse.js'
import { familiarName } from '../../spec/reference.js'
import { putDocument } from '../../store/putContent.js'
import type { GraphWalks } from '../../store/walks.js'
import { classicImages } from './classic.js'
import { classicManifest, docker25Entries, indexEntriesOf } from './docker25.js'
import type { Exportable } from './exportable.js'
import { type ExportChoice, exportableImages } from './exportableImages.js'
import { hybridEntries } from './hybrid.js'
import { type LegacyHeaders, legacyEntries } from './legacy.js'
import { writePlain } from './plainLayers.js'
import { warnOfUnheld } from './unheld.js'

/** The format of an archive, and how to write it. */
export interface ExportOptions extends Omit<ExportChoice, 'documents'> {
  format: ArchiveFormat
  headers: LegacyHeaders
  /** The moment 1970-01-01T00:00:00Z in the time zone of the daemon (RFC 3339). */
  epoch: string
}

/** An entry of an archive's index. */
export interface WrittenEntry {
  entry: Descriptor
  /** Digest of the source's entry that it stands for. */
  root: string
}

/** An export's source, destination and context. */
export interface Shipment {
  pool: Pool
  /** Walks over the pool. */
  walks: GraphWalks
  output: Output
  context: Context
}

/**
 * Writes the images of an index, whose content is in the pool, as an archive.
 * @returns the entries of the archive's index, or of the index that it would have, each with the digest of its source
 * entry
 * @throws ImageError
 */
export async function exportImages(index: Index, shipment: Shipment, options: ExportOptions): Promise<WrittenEntry[]> {
  const { pool, walks, output } = shipment
  const entries = index.manifests ?? []
  const { format } = options
  if (format === 'docker-25' || format === 'docker-legacy')
    return exportClassic(entries, shipment, { ...options, era: format })
  const { documents } = shipment.context
  const images = format === 'oci' ? undefined : await exportableImages(entries, walks, { ...options, documents })
  for (const image of images ?? []) await warnOfForeign(image, { pool, warn: options.warn })
  await output.write(await hybridEntries(index, shipment, images))
  return entries.map((entry) => ({ entry, root: entry.digest }))
}

/** Warns about foreign layers that are not in the pool: the engine that loads the archive has to fetch them. */
async function warnOfForeign(
  { manifest }: Exportable,
  { pool, warn }: { pool: Pool; warn: ExportOptions['warn'] },
): Promise<void> {
  for (const { digest, size, mediaType } of manifest.layers) {
    if (!isForeignLayer(mediaType) || (await pool.has({ digest: parseDigest(digest), size }))) continue
    const message = 'a foreign layer is not in the source; an engine can load the image only if it can fetch it'
    warn({ code: 'FOREIGN_LAYER', message, where: digest })
  }
}

/** @throws ImageError UNSUPPORTED for a layer that is not a tar: only containerd can load it */
function assertTars({ manifest, names, digest }: Exportable, era: string): void {
  const at = manifest.layers.findIndex(({ mediaType }) => isWasmLayer(mediaType))
  if (at < 0) return
  const type = manifest.layers[at]?.mediaType
  throw new ImageError('UNSUPPORTED', `layer ${at} has the media type ${type}, which ${era} cannot hold`, {
    where: familiarName(names[0] ?? digest),
    hint: 'use --format docker',
  })
}

async function exportClassic(
  entries: readonly Descriptor[],
  shipment: Shipment,
  options: ExportOptions & { era: 'docker-25' | 'docker-legacy' },
): Promise<WrittenEntry[]> {
  const { walks, context } = shipment
  const { documents } = context
  const exportable = await exportableImages(entries, walks, { ...options, documents })
  for (const image of exportable) assertTars(image, options.era)
  const images = classicImages(exportable, options)
  await warnOfUnheld(entries, exportable, { walks, era: options.era, warn: options.warn })
  const layers = await writePlain(exportable, shipment, (sized) =>
    options.era === 'docker-25' ? docker25Entries(images, sized) : legacyEntries(images, sized, options.headers),
  )
  for (const image of images) {
    const manifest = canonicalJSON(classicManifest(image, layers))
    await putDocument(shipment.pool, manifest, { digest: digestOf(manifest), size: manifest.length })
  }
  return images.flatMap((image) =>
    indexEntriesOf(image, layers).map((entry, at) => ({ entry, root: image.roots[at] ?? '' })),
  )
}
