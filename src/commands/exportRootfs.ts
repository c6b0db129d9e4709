import { collecting } from '../bytes/context.js'
import { mergeLayers } from '../image/mergedLayers.js'
import type { PlatformImage } from '../image/openPlatform.js'
import type { ByteSink } from '../io/callerSink.js'
import { ImageError } from '../spec/errors.js'
import type { Warning } from '../spec/warnings.js'
import { destinationOf, type ImageDestination, isPlace } from '../transport/endpoints.js'
import { type ImagePlace, parseImagePlace } from '../transport/imagePlace.js'
import { openOutput } from '../transport/openOutput.js'
import type { Place } from '../transport/places.js'
import { assertExportOptions } from './checkOptions.js'
import type { ExportRootfsOptions } from './layerOptions.js'
import { warnOfCount } from './oddityWarnings.js'
import { assertDifferent } from './openDestination.js'
import { openOne } from './openOne.js'
import { running } from './running.js'
import { Spool } from './spool.js'

/** The result of exporting a file system. */
export interface ExportedRootfs {
  /** Digest of the manifest. */
  manifest: string
  /** Digest of the config, Docker's image ID. */
  config: string
  /** Layers of the image. */
  layers: number
  /** Entries of the tar. */
  entries: number
  /** Bytes written, compressed if the tar is. */
  size: number
  warnings: Warning[]
}

/**
 * Writes the file system of an image as one tar, as `docker export` does for a container: whiteouts are applied, and each
 * path comes once. Objects keep all attributes that their layers state, in the order of the layers.
 *
 * A file has its name once it is whole. Its ending chooses a compression, as for archives.
 * @throws ImageError EXISTS; INTEGRITY, FORMAT, UNSAFE, UNSUPPORTED, NOT_FOUND, SYSTEM, USAGE
 */
export async function exportRootfs(
  image: ImagePlace,
  destination: ImageDestination,
  options: ExportRootfsOptions = {},
): Promise<ExportedRootfs> {
  return running(`export ${image}`, options, async () => {
    assertExportOptions(options)
    const to = tarPlace(destination)
    if (isPlace(to)) await assertDifferent(parseImagePlace(image).path, { ...to, transport: 'docker-archive' })
    const { context, warnings } = collecting(options)
    const { force = false, end, platform, signal } = options
    const stopping = signal === undefined ? {} : { signal }
    await using output = await openOutput(to, { force, end, jobs: context.jobs, ...stopping })
    using spool = new Spool(to)
    await using opened = await openOne(image, { platform, context, signal, spool: () => spool.path() })
    const merged = await mergeLayers(opened.image, { context, signal, hasRoot: false })
    for (const count of merged.counts) warnOfCount(count, context.warn)
    await output.writeTar(merged.tar)
    await output.commit()
    return { ...digestsOf(opened.image), entries: merged.entries, size: output.bytesWritten, warnings: warnings() }
  })
}

/** Returns where a tar is written. @throws ImageError USAGE for a place of images */
function tarPlace(destination: ImageDestination): Place | ByteSink {
  const place = destinationOf(destination)
  if (!isPlace(place) || place.transport === undefined) return place
  throw new ImageError('USAGE', 'a file system is exported to a tar, and not to a place of images', {
    expected: 'FILE.tar or -',
    found: typeof destination === 'string' ? destination : place.transport,
    hint: 'transload convert copies images',
  })
}

function digestsOf({ walk, manifest }: PlatformImage): Pick<ExportedRootfs, 'manifest' | 'config' | 'layers'> {
  return {
    manifest: walk.at(-1)?.digest ?? '',
    config: manifest.config.digest,
    layers: manifest.layers.length,
  }
}
