import { isForeignLayer, isIndexType, isManifestType, layerCompression } from '../spec/mediaTypes.js'
import type { Descriptor, Index, Manifest } from '../spec/parse.js'
import { REF_NAME } from '../store/names.js'
import type { Node } from '../store/nodes.js'
import { isImage } from './check.js'
import { tableOf } from './nodeTable.js'
import { digestInTag, referenceOf } from './reference.js'

/** The role of an index entry. References matter only for entries that are not images. */
export type Role =
  | { kind: 'image' }
  /** An index; if `about` is set, it lists referrers, as in registries without subjects. */
  | { kind: 'index'; about: string | undefined }
  /** Says how an image was made or what is in it; goes with that image. */
  | { kind: 'attestation'; about: string }
  | { kind: 'artifact'; about: string | undefined }

/** Returns the role of an entry. */
export type RoleOf = (entry: Descriptor) => Role

/**
 * Returns a function that tells the roles of entries. The content, as these nodes have it, comes first; the descriptor
 * decides only what the content leaves open. An image is one whatever its descriptor says.
 */
export function rolesIn(nodes: readonly Node[]): RoleOf {
  const { byDigest } = tableOf(nodes)
  return (entry) => roleOf(entry, byDigest.get(entry.digest), byDigest)
}

/** True if this program or another might take the entry for an attestation, and it is not one. */
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

/** Returns what an index without images is about, as in registries without subjects. */
function aboutIndex(entry: Descriptor, { subject }: Index): string | undefined {
  return digestInTag(entry.annotations?.[REF_NAME]) ?? subject?.digest
}

/** True if the index lists an image, or absent content that may be one. Computed once for each index. */
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

/** True if a manifest lists layers of a root file system: an engine may run it, whatever else it lists. */
function hasLayers({ layers }: Manifest): boolean {
  return layers.some(({ mediaType }) => layerCompression(mediaType) !== undefined || isForeignLayer(mediaType))
}

/** @param subject the subject that the content itself states */
function besidesImages(
  entry: Descriptor,
  { mayAttest, subject }: { mayAttest: boolean; subject?: string | undefined },
): Role {
  const { attests, digest: about = subject } = referenceOf(entry)
  return mayAttest && attests && about !== undefined ? { kind: 'attestation', about } : { kind: 'artifact', about }
}

/**
 * Returns the role that the descriptor alone suggests, for content that is elsewhere. When in doubt, it is an image,
 * because that must not be lost.
 */
function statedRole(entry: Descriptor): Role {
  if (isIndexType(entry.mediaType)) return { kind: 'index', about: digestInTag(entry.annotations?.[REF_NAME]) }
  const isManifest = isManifestType(entry.mediaType)
  const other = besidesImages(entry, { mayAttest: isManifest && isOfNoPlatform(entry) })
  if (other.kind === 'attestation' || !isManifest || entry.artifactType !== undefined) return other
  return { kind: 'image' }
}

/**
 * True if the platform is unknown/unknown, which no engine runs. For an entry without a platform, engines ask the
 * config.
 */
function isOfNoPlatform({ platform }: Descriptor): boolean {
  return platform?.os === 'unknown' && platform.architecture === 'unknown'
}
