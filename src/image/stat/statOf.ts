import { hasImageConfig } from '../../layer/check.js'
import { readImageConfig } from '../../layer/imageConfig.js'
import type { ManifestNode } from '../../layer/nodeTable.js'
import { textOf } from '../../spec/json/goText.js'
import { compactJSON } from '../../spec/json/rawObject.js'
import type { Descriptor, ImageConfig, Manifest } from '../../spec/parse.js'
import type { Reader } from '../../store/blobs.js'
import { readDocument, rootOf } from '../../store/graph.js'
import type { ImageStat, StatStep } from './imageStat.js'

/** The media type of an empty config (OCI image-spec, manifest.md). */
const EMPTY_JSON = 'application/vnd.oci.empty.v1+json'

/**
 * Returns what the documents of a manifest say.
 *
 * @param descriptor that names the manifest
 * @throws ImageError for a config that is missing or broken
 */
export async function statOf(
  { bytes, document }: Pick<ManifestNode, 'bytes' | 'document'>,
  descriptor: Descriptor,
  source: Reader,
): Promise<ImageStat> {
  const manifest = { descriptor, blob: compactJSON(textOf(bytes)), document }
  const read = hasImageConfig(document) ? await readImageConfig(document, source) : undefined
  if (read !== undefined) {
    const parsed = read.config()
    const config = { descriptor: document.config, blob: compactJSON(textOf(read.bytes)), document: parsed }
    return { manifest, config, history: stepsOf(parsed, document) }
  }
  const { config } = document
  if (config.mediaType !== EMPTY_JSON) return { manifest, config: undefined, history: undefined }
  const empty = await readDocument(source, rootOf(config))
  empty.config()
  const blob = compactJSON(textOf(empty.bytes))
  return { manifest, config: { descriptor: config, blob, document: undefined }, history: undefined }
}

/** Returns the steps with their layers. A history may have more or fewer layers than the manifest. */
function stepsOf({ history, rootfs }: ImageConfig, { layers }: Manifest): StatStep[] {
  let next = 0
  return (history ?? []).map((step) => {
    const isEmpty = step.empty_layer === true
    const at = isEmpty ? -1 : next++
    return { layer: layers[at], diffID: rootfs?.diff_ids?.[at] ?? '', isEmpty, step }
  })
}
