import { digestOf } from '../../spec/digest.js'
import { canonicalJSON } from '../../spec/json/canonical.js'
import { OCI_CONFIG, OCI_MANIFEST } from '../../spec/mediaTypes.js'
import type { Descriptor, Manifest } from '../../spec/parse.js'
import type { Root } from '../../store/nodes.js'
import type { Item } from './item.js'

/** A manifest that the archive implies, and its descriptor. */
export interface ItemManifest {
  root: Root
  bytes: Buffer
}

/** Returns the manifest that Docker >= 25 would write for an image of manifest.json. */
export function itemManifest(config: Item['config'], layers: readonly Descriptor[]): ItemManifest {
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: OCI_CONFIG, digest: config.digest, size: config.bytes.length },
    layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
  }
  const bytes = canonicalJSON(manifest)
  return { root: { mediaType: OCI_MANIFEST, digest: digestOf(bytes), size: bytes.length }, bytes }
}
