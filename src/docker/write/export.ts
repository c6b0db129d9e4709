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
import { putDocument } from '../../store/blobs.js'
import { classicImages } from './classic.js'
import { classicManifest, docker25Entries, indexEntriesOf } from './docker25.js'
import { type Exportable, type ExportChoice, exportableImages } from './exportable.js'
import { hybridEntries } from './hybrid.js'
import { type LegacyHeaders, legacyEntries } from './legacy.js'
import { writePlain } from './plainLayers.js'
import { warnOfUnheld } from './unheld.js'

/** What is written into an archive, and how. */
export interface ExportOptions extends Omit<ExportChoice, 'documents'> {
  format: ArchiveFormat
  headers: LegacyHeaders
  /** The moment 1970-01-01T00:00:00Z in the time zone of the daemon (RFC 3339). */
  epoch: string
}

/** An entry of an archive's index. */
export interface WrittenEntry {
  entry: Descriptor
  /** Digest of the entry that it was made of. */
  root: string
}

/** What is written, where it is, and where it goes. */
export interface Shipment {
  pool: Pool
  output: Output
  context: Context
}

/**
 * Writes the images of an index, whose content is in the pool, as an archive.
 * @returns the entries that the archive's index has, or would have if it had one, each with the entry it was made of
 * @throws ImageError
 */
export async function exportImages(index: Index, shipment: Shipment, options: ExportOptions): Promise<WrittenEntry[]> {
  const { pool, output } = shipment
  const entries = index.manifests ?? []
  const { format } = options
  if (format === 'docker-25' || format === 'docker-legacy')
    return exportClassic(entries, shipment, { ...options, era: format })
  const { documents } = shipment.context
  const images = format === 'oci' ? undefined : await exportableImages(entries, pool, { ...options, documents })
  for (const image of images ?? []) await warnOfForeign(image, { pool, warn: options.warn })
  await output.write(await hybridEntries(index, pool, images))
  return entries.map((entry) => ({ entry, root: entry.digest }))
}

/** A layer that stays where its urls say cannot be in the archive, and who loads it has to fetch it there. */
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

/** @throws ImageError UNSUPPORTED for a layer that is no tar: only containerd knows such */
function assertTars({ manifest, names, digest }: Exportable, era: string): void {
  const at = manifest.layers.findIndex(({ mediaType }) => isWasmLayer(mediaType))
  if (at < 0) return
  const type = manifest.layers[at]?.mediaType
  throw new ImageError('UNSUPPORTED', `layer ${at} has the media type ${type}, which ${era} has no place for`, {
    where: familiarName(names[0] ?? digest),
    hint: '--format docker takes it',
  })
}

async function exportClassic(
  entries: readonly Descriptor[],
  shipment: Shipment,
  options: ExportOptions & { era: 'docker-25' | 'docker-legacy' },
): Promise<WrittenEntry[]> {
  const { documents } = shipment.context
  const exportable = await exportableImages(entries, shipment.pool, { ...options, documents })
  for (const image of exportable) assertTars(image, options.era)
  const images = classicImages(exportable, options)
  await warnOfUnheld(entries, exportable, { pool: shipment.pool, era: options.era, warn: options.warn })
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
