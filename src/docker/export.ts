import type { Context } from '../bytes/context.js'
import { digestOf } from '../spec/digest.js'
import { canonicalJSON } from '../spec/json.js'
import type { Descriptor, Index } from '../spec/parse.js'
import { putDocument } from '../store/blobs.js'
import type { Output } from '../store/output.js'
import type { Pool } from '../store/pool.js'
import { classicImages } from './classic.js'
import { classicIndex, classicManifest, docker25Entries } from './docker25.js'
import { type ExportChoice, exportableImages } from './exportable.js'
import { hybridEntries } from './hybrid.js'
import { type LegacyHeaders, legacyEntries } from './legacy.js'
import { writePlain } from './plainLayers.js'

/** How an archive is arranged. */
export const ARCHIVE_FORMATS = ['docker', 'docker-25', 'docker-legacy', 'oci'] as const

/** How an archive is arranged: as a Docker of some time writes it, or as an OCI layout and nothing else. */
export type ArchiveFormat = (typeof ARCHIVE_FORMATS)[number]

/** What is written into an archive, and how. */
export interface ExportOptions extends ExportChoice {
  format: ArchiveFormat
  headers: LegacyHeaders
  /** The moment 1970-01-01T00:00:00Z in the time zone of the daemon (RFC 3339). */
  epoch: string
}

/** What is written, where it is, and where it goes. */
export interface Shipment {
  pool: Pool
  output: Output
  context: Context
}

/**
 * Writes the images of an index, whose content is in the pool, as an archive.
 * @returns the entries that the archive's index has, or would have if it had one
 * @throws ImageError
 */
export async function exportImages(
  index: Index,
  shipment: Shipment,
  options: ExportOptions,
): Promise<readonly Descriptor[]> {
  const { pool, output } = shipment
  const entries = index.manifests ?? []
  const { format } = options
  if (format === 'docker-25' || format === 'docker-legacy')
    return exportClassic(entries, shipment, { ...options, era: format })
  const images = format === 'oci' ? undefined : await exportableImages(entries, pool, options)
  await output.write(await hybridEntries(index, pool, images))
  return entries
}

async function exportClassic(
  entries: readonly Descriptor[],
  shipment: Shipment,
  options: ExportOptions & { era: 'docker-25' | 'docker-legacy' },
): Promise<readonly Descriptor[]> {
  const exportable = await exportableImages(entries, shipment.pool, options)
  const images = classicImages(exportable, options)
  const layers = await writePlain(exportable, shipment, (sized) =>
    options.era === 'docker-25' ? docker25Entries(images, sized) : legacyEntries(images, sized, options.headers),
  )
  for (const image of images) {
    const manifest = canonicalJSON(classicManifest(image, layers))
    await putDocument(shipment.pool, manifest, { digest: digestOf(manifest), size: manifest.length })
  }
  return classicIndex(images, layers).manifests ?? []
}
