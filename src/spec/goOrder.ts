/**
 * The order in which Go prints the fields of OCI documents: that of the structs of image-spec 1.1 (specs-go/v1). Every
 * tool in Go writes it, and so do we where we add a field.
 */

/** Fields of an image config. */
export const CONFIG_ORDER: readonly string[] = [
  'created',
  'author',
  'architecture',
  'os',
  'os.version',
  'os.features',
  'variant',
  'config',
  'rootfs',
  'history',
]

/** Fields of `config` in an image config. */
export const RUN_ORDER: readonly string[] = [
  'User',
  'ExposedPorts',
  'Env',
  'Entrypoint',
  'Cmd',
  'Volumes',
  'WorkingDir',
  'Labels',
  'StopSignal',
  'ArgsEscaped',
]

/** Fields of a manifest. */
export const MANIFEST_ORDER: readonly string[] = [
  'schemaVersion',
  'mediaType',
  'artifactType',
  'config',
  'layers',
  'subject',
  'annotations',
]

/** Fields of an index. */
export const INDEX_ORDER: readonly string[] = [
  'schemaVersion',
  'mediaType',
  'artifactType',
  'manifests',
  'subject',
  'annotations',
]

/** Fields of a step of an image's history. */
export const STEP_ORDER: readonly string[] = ['created', 'created_by', 'author', 'comment', 'empty_layer']

/** Fields of a descriptor. */
export const DESCRIPTOR_ORDER: readonly string[] = [
  'mediaType',
  'digest',
  'size',
  'urls',
  'annotations',
  'data',
  'platform',
  'artifactType',
]

/** Fields of a platform. */
export const PLATFORM_ORDER: readonly string[] = ['architecture', 'os', 'os.version', 'os.features', 'variant']
