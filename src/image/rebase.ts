import { assertCount, diffIDsOf } from '../layer/check.js'
import { configOfLayers } from '../layer/configText.js'
import { manifestWith } from '../layer/documentText.js'
import { noImage } from '../layer/imageConfig.js'
import type { ManifestNode } from '../layer/nodeTable.js'
import { digestOf } from '../spec/digest.js'
import type { JSONDocument } from '../spec/documents.js'
import { ImageError } from '../spec/errors.js'
import type { Warn } from '../spec/warnings.js'
import { baseAnnotations } from './baseAnnotations.js'
import { baseLayers, ownLayers } from './baseLayers.js'
import { rebasedHistory } from './rebasedHistory.js'
import type { NewManifest } from './rewriteImage.js'

/** The documents of one image. */
interface ImageDocuments {
  manifest: ManifestNode
  config: JSONDocument
}

/** A base image of one platform. */
export interface BaseDocuments extends ImageDocuments {
  /** Digest of its manifest, or of the index that lists it. */
  root: string
  /** Its full name, if it has one. */
  name: string | undefined
}

interface Rebasing {
  image: ImageDocuments
  old: BaseDocuments
  next: BaseDocuments
}

/**
 * Returns the documents of an image with the layers of another base in place of its lowest ones. All else of its config
 * stays, but for the history, and for the system's version if the new base states one.
 * @throws ImageError INTEGRITY unless its lowest layers are those of the old base; UNSUPPORTED, FORMAT
 */
export function rebased({ image, old, next }: Rebasing, warn: Warn): NewManifest {
  const [all, lowest] = [diffIDsIn(image), diffIDsIn(old)]
  assertLowest(lowest, all, image.manifest.descriptor.digest)
  const history = rebasedHistory({ image, old, next }, warn)
  const version = next.config.config()['os.version'] ?? undefined
  const osVersion = image.config.config()['os.version'] == null ? undefined : version
  const diffIDs = [...diffIDsIn(next), ...all.slice(lowest.length)]
  const config = configOfLayers(image.config.bytes, { diffIDs, history, osVersion })
  const layers = [...baseLayers(next.manifest, image.manifest), ...ownLayers(image.manifest, lowest.length)]
  const claim = { digest: digestOf(config), size: config.length }
  const annotations = baseAnnotations(image.manifest, { old, next })
  return {
    config,
    manifest: manifestWith(image.manifest, { config: claim, layers, annotations }),
    platform: osVersion === undefined ? {} : { 'os.version': osVersion },
  }
}

/** Returns the diffIDs of an image, one for each of its layers. */
function diffIDsIn({ manifest, config }: ImageDocuments): readonly string[] {
  const diffIDs = diffIDsOf(config.config())
  if (diffIDs === undefined) throw noImage(manifest.document, manifest.descriptor.digest)
  assertCount(diffIDs.length, manifest.document.layers.length)
  return diffIDs
}

function assertLowest(lowest: readonly string[], all: readonly string[], where: string): void {
  const at = lowest.findIndex((diffID, index) => all[index] !== diffID)
  if (at < 0) return
  throw new ImageError('INTEGRITY', `layer ${at} of the image is not that of the old base`, {
    where,
    expected: lowest[at] ?? '',
    found: all[at] ?? `only ${all.length} layers`,
    hint: 'give the base that the image was built on as --old',
  })
}
