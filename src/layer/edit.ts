import {
  DOCKER_MANIFEST,
  dockerLayerType,
  isForeignLayer,
  layerCompression,
  OCI_CONFIG,
  OCI_MANIFEST,
  ociLayerType,
} from '../spec/mediaTypes.js'
import type { Descriptor, Index, Manifest } from '../spec/parse.js'
import type { Layer } from './layer.js'
import { following } from './reference.js'

/** Layers that were stored with other bytes, by their old digests. */
export type NewLayers = ReadonlyMap<string, Layer>

/** Documents that were rewritten, by their old digests. */
export type NewDocuments = ReadonlyMap<string, Descriptor>

/** Annotations that describe a layer's exact bytes, and mean nothing once the bytes change (eStargz, zstd:chunked). */
const OF_THE_BYTES =
  /^(containerd\.io\/snapshot\/stargz\/|io\.containers\.estargz\.|io\.github\.containers\.zstd-chunked\.)/

/** Returns the manifest with its new layers, and its media type. Keys keep their order. */
export function editManifest(
  manifest: Manifest,
  mediaType: string,
  { layers, documents }: { layers: NewLayers; documents: NewDocuments },
): { document: Manifest; mediaType: string } {
  const changed = manifest.layers.map((descriptor) => layers.get(descriptor.digest))
  // Docker has no media type for zstd: such a manifest becomes an OCI one.
  const isDocker = mediaType === DOCKER_MANIFEST && !changed.some((layer) => layer?.compression === 'zstd')
  const type = isDocker ? DOCKER_MANIFEST : OCI_MANIFEST
  const edited = manifest.layers.map((descriptor, at) => {
    const layer = changed[at]
    if (layer !== undefined) return editLayer(descriptor, layer, isDocker)
    return isDocker || mediaType !== DOCKER_MANIFEST ? descriptor : asOCI(descriptor)
  })
  const config =
    isDocker || mediaType !== DOCKER_MANIFEST ? manifest.config : { ...manifest.config, mediaType: OCI_CONFIG }
  const stated: Pick<Manifest, 'mediaType'> = manifest.mediaType === undefined ? {} : ({ mediaType: type } as const)
  const document = { ...manifest, ...stated, config, layers: edited, ...subjectNow(manifest, documents) }
  return { document, mediaType: type }
}

/**
 * Returns the index without dropped children and with the new descriptors of its manifests. References to a manifest
 * are updated, too.
 */
export function editIndex(index: Index, documents: NewDocuments, isDropped: (child: Descriptor) => boolean): Index {
  const left = (index.manifests ?? []).filter((descriptor) => !isDropped(descriptor))
  const manifests = left.map((descriptor) => childNow(descriptor, documents))
  return { ...index, manifests, ...subjectNow(index, documents) }
}

/** Returns a descriptor of an index after documents were rewritten: it points at the new one and refers to new ones. */
export function childNow(descriptor: Descriptor, documents: NewDocuments): Descriptor {
  return following(repointed(descriptor, identity(documents.get(descriptor.digest) ?? descriptor)), documents)
}

/** Returns a document's subject, if that was rewritten. */
function subjectNow({ subject }: Pick<Manifest, 'subject'>, documents: NewDocuments): Pick<Manifest, 'subject'> {
  const now = documents.get(subject?.digest ?? '')
  return subject === undefined || now === undefined ? {} : { subject: repointed(subject, identity(now)) }
}

/** Returns the descriptor, pointed at new content; embedded `data` is dropped. */
export function repointed(descriptor: Descriptor, to: Pick<Descriptor, 'mediaType' | 'digest' | 'size'>): Descriptor {
  const now: Descriptor = { ...descriptor, ...to }
  if (now.digest !== descriptor.digest) delete now.data
  return now
}

function identity({ mediaType, digest, size }: Descriptor) {
  return { mediaType, digest, size }
}

function editLayer(descriptor: Descriptor, { compression, digest, size }: Layer, isDocker: boolean): Descriptor {
  const mediaType = isDocker && compression !== 'zstd' ? dockerLayerType(compression) : ociLayerType(compression)
  const kept = Object.entries(descriptor.annotations ?? {}).filter(([name]) => !OF_THE_BYTES.test(name))
  const edited: Descriptor = { ...descriptor, mediaType, digest, size, annotations: Object.fromEntries(kept) }
  if (kept.length === 0) delete edited.annotations
  // Both refer to the old bytes: `urls` says where to fetch them, `data` contains them.
  delete edited.urls
  delete edited.data
  return edited
}

function asOCI(descriptor: Descriptor): Descriptor {
  const compression = layerCompression(descriptor.mediaType)
  if (compression === undefined || isForeignLayer(descriptor.mediaType)) return descriptor
  return { ...descriptor, mediaType: ociLayerType(compression) }
}
