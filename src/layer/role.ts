import { isForeignLayer, isIndexType, isManifestType, layerCompression } from '../spec/mediaTypes.js'
import type { Descriptor, Index, Manifest } from '../spec/parse.js'
import type { Node } from '../store/graph.js'
import { REF_NAME } from '../store/names.js'
import { isImage } from './check.js'
import { tableOf } from './nodeTable.js'
import { digestInTag, referenceOf } from './reference.js'

/** What an entry of an index is. Only of what is no image does it matter what it refers to. */
export type Role =
  | { kind: 'image' }
  /** Maybe of what is about other content, as registries list it that know no subjects. */
  | { kind: 'index'; about: string | undefined }
  /** Says how an image was made or what is in it: it goes with that image. */
  | { kind: 'attestation'; about: string }
  | { kind: 'artifact'; about: string | undefined }

/** Says what an entry is. */
export type RoleOf = (entry: Descriptor) => Role

/**
 * Says what entries are: first by their content, which these nodes are; a descriptor decides only what content leaves
 * open. An image is one whatever its descriptor says.
 */
export function rolesIn(nodes: readonly Node[]): RoleOf {
  const { byDigest } = tableOf(nodes)
  return (entry) => roleOf(entry, byDigest.get(entry.digest), byDigest)
}

/** True of an entry that passes for an attestation, here or with other tools, and is none. */
export function isFalseAttestation(entry: Descriptor, { kind }: Role): boolean {
  const { attests, isThere } = referenceOf(entry)
  if (kind === 'attestation') return false
  return kind === 'artifact' ? attests : isThere
}

function roleOf(entry: Descriptor, node: Node | undefined, byDigest: ReadonlyMap<string, Node>): Role {
  switch (node?.kind) {
    case 'index':
      return { kind: 'index', about: listsImage(node, byDigest) ? undefined : aboutIndex(entry, node.document) }
    case 'manifest':
      if (isImage(node.document)) return { kind: 'image' }
      return besidesImages(entry, { mayAttest: !hasLayers(node.document), subject: node.document.subject?.digest })
    case 'blob':
      return besidesImages(entry, { mayAttest: false })
    case 'absent':
    case 'missing':
    case 'left out':
    case undefined:
      return statedRole(entry)
  }
}

/** What an index of no images says that it is about, as registries list it that know no subjects. */
function aboutIndex(entry: Descriptor, { subject }: Index): string | undefined {
  return digestInTag(entry.annotations?.[REF_NAME]) ?? subject?.digest
}

/** True of an index that lists an image, or what may be one and is elsewhere; found out once of each. */
function listsImage(node: Extract<Node, { kind: 'index' }>, byDigest: ReadonlyMap<string, Node>): boolean {
  const known = LISTS_IMAGE.get(node)
  if (known !== undefined) return known
  const found = node.children.some((child) => {
    const below = byDigest.get(child.digest)
    return below?.kind === 'index' ? listsImage(below, byDigest) : roleOf(child, below, byDigest).kind === 'image'
  })
  LISTS_IMAGE.set(node, found)
  return found
}

const LISTS_IMAGE = new WeakMap<Node, boolean>()

/** True of a manifest that lists parts of a root file system; an engine may run it, whatever else it lists. */
function hasLayers({ layers }: Manifest): boolean {
  return layers.some(({ mediaType }) => layerCompression(mediaType) !== undefined || isForeignLayer(mediaType))
}

/** @param subject what the content itself says that it is about */
function besidesImages(
  entry: Descriptor,
  { mayAttest, subject }: { mayAttest: boolean; subject?: string | undefined },
): Role {
  const { attests, digest: about = subject } = referenceOf(entry)
  return mayAttest && attests && about !== undefined ? { kind: 'attestation', about } : { kind: 'artifact', about }
}

/** What an entry is by its descriptor alone, because its content is elsewhere. In doubt it is what must not be lost. */
function statedRole(entry: Descriptor): Role {
  if (isIndexType(entry.mediaType)) return { kind: 'index', about: digestInTag(entry.annotations?.[REF_NAME]) }
  const isManifest = isManifestType(entry.mediaType)
  const other = besidesImages(entry, { mayAttest: isManifest && isOfNoPlatform(entry) })
  if (other.kind === 'attestation' || !isManifest || entry.artifactType !== undefined) return other
  return { kind: 'image' }
}

/** True if no engine takes it for its own: of what names no platform, engines ask the config. */
function isOfNoPlatform({ platform }: Descriptor): boolean {
  return platform?.os === 'unknown' && platform.architecture === 'unknown'
}
