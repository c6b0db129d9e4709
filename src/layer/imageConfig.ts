import type { JSONDocument } from '../spec/documents.js'
import { ImageError } from '../spec/errors.js'
import { isImageConfigType } from '../spec/mediaTypes.js'
import type { Manifest } from '../spec/parse.js'
import type { Reader } from '../store/blobs.js'
import { readDocument } from '../store/graph.js'
import { hasImageConfig } from './check.js'

/**
 * Reads the config of an image.
 * @param where the image for messages
 * @throws ImageError UNSUPPORTED for a manifest of something else
 */
export async function imageConfigOf(
  manifest: Manifest,
  { reader, where }: { reader: Reader; where: string },
): Promise<JSONDocument> {
  const config = hasImageConfig(manifest) ? await readImageConfig(manifest, reader) : undefined
  if (config === undefined) throw noImage(manifest, where)
  return config
}

/** Returns the failure for a manifest that is none of an image. */
export function noImage({ artifactType, config }: Manifest, where: string): ImageError {
  return new ImageError('UNSUPPORTED', 'it is not a container image', {
    where,
    found: artifactType ?? config.mediaType,
  })
}

/**
 * Reads the config of a manifest. Returns undefined if its media type is ambiguous and its content is not the config of
 * an image.
 * @throws ImageError
 */
export async function readImageConfig(
  { config }: Pick<Manifest, 'config'>,
  source: Reader,
): Promise<JSONDocument | undefined> {
  if (isImageConfigType(config.mediaType)) return readDocument(source, config)
  try {
    const document = await readDocument(source, config)
    return document.config().rootfs === undefined ? undefined : document
  } catch (error) {
    if (error instanceof ImageError && error.code === 'FORMAT') return undefined
    throw error
  }
}
