import type { JSONDocument } from '../spec/documents.js'
import { ImageError } from '../spec/errors.js'
import { isImageConfigType } from '../spec/mediaTypes.js'
import type { Manifest } from '../spec/parse.js'
import { type Reader, readDocument } from '../store/graph.js'

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
