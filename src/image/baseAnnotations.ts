import type { ManifestNode } from '../layer/nodeTable.js'

/** Annotations that tell of an image's base (OCI image-spec, annotations.md). */
const BASE_DIGEST = 'org.opencontainers.image.base.digest'
const BASE_NAME = 'org.opencontainers.image.base.name'

/** A base, as annotations tell of it. */
interface Base {
  manifest: ManifestNode
  /** Digest of its manifest, or of the index that lists it. */
  root: string
  /** Its full name, if it has one. */
  name: string | undefined
}

/**
 * Returns the annotations of an image that tell of its base, as `name=value`, for a new one. The digest is again that
 * of the index if it was; the name stays if the new base has none. What the image does not state is not added.
 */
export function baseAnnotations(
  { document: { annotations } }: ManifestNode,
  { old, next }: { old: Base; next: Base },
): string[] {
  const { [BASE_DIGEST]: digest, [BASE_NAME]: name } = annotations ?? {}
  const isOfIndex = digest === old.root && old.root !== old.manifest.descriptor.digest
  const now = isOfIndex ? next.root : next.manifest.descriptor.digest
  return [
    ...(digest === undefined ? [] : [`${BASE_DIGEST}=${now}`]),
    ...(name === undefined || next.name === undefined ? [] : [`${BASE_NAME}=${next.name}`]),
  ]
}
