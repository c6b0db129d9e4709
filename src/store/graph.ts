import { readAll, tooLarge } from '../bytes/bytes.js'
import { assertClaim, verified } from '../hashing/verify.js'
import { algorithmOf, type Digest, digestOf, parseDigest } from '../spec/digest.js'
import { JSONDocument } from '../spec/documents.js'
import { ImageError } from '../spec/errors.js'
import { isForeignLayer, isIndexType, isManifestType } from '../spec/mediaTypes.js'
import {
  type ArtifactManifest,
  CONFIG_LIMIT,
  type Descriptor,
  DOCUMENT_LIMIT,
  type Index,
  type Manifest,
} from '../spec/parse.js'
import type { BlobSource } from './blobs.js'

/** A descriptor whose digest is one that can be computed. */
export type Root = Descriptor & { digest: Digest }

/** Something that a root reaches: a document that names others, or a blob that names none. */
export type Node =
  | { kind: 'index'; descriptor: Root; bytes: Buffer; document: Index; children: Root[] }
  | { kind: 'manifest'; descriptor: Root; bytes: Buffer; document: Manifest; children: Root[] }
  /** With children, if it is a manifest without a config, which names other blobs. */
  | { kind: 'blob'; descriptor: Root; children?: Root[] }
  /** In an index but not in the source: an image saved for some of its platforms only. Or there, but left out. */
  | { kind: 'absent' | 'left out'; descriptor: Root }
  /** A blob that is not in the source, of a manifest within an index: a platform that was not saved as a whole. */
  | { kind: 'missing'; descriptor: Root }

/** A node with content that names others. */
export type DocumentNode = Extract<Node, { bytes: Buffer }>

/** True of an index or a manifest that is there. */
export function isDocument(node: Node): node is DocumentNode {
  return node.kind === 'index' || node.kind === 'manifest'
}

/** What of an index is not wanted. */
export type LeaveOut = (child: Descriptor) => boolean

/** Where documents are read. */
export type Reader = Pick<BlobSource, 'has' | 'open' | 'documents'>

/** Deeper than any real index lies within another. */
const MOST_DEPTH = 8

/**
 * Everything that roots reach, each thing once, children before what names them. Documents are read and checked; of
 * other blobs nothing is read.
 * @throws ImageError INTEGRITY, FORMAT, NOT_FOUND for a root or blob of a manifest that is not there
 */
export async function walkGraph(
  source: Reader,
  roots: readonly Descriptor[],
  leaveOut: LeaveOut = () => false,
): Promise<Node[]> {
  const nodes = new Map<Digest, Node>()
  for (const root of roots) await visit(rootOf(root), { source, leaveOut, nodes, depth: 0 })
  return [...nodes.values()]
}

interface Visit {
  source: Reader
  leaveOut: LeaveOut
  nodes: Map<Digest, Node>
  depth: number
}

async function visit(root: Root, { source, leaveOut, nodes, depth }: Visit): Promise<void> {
  const known = nodes.get(root.digest)
  if (known !== undefined) assertSame(known.descriptor, root)
  if (isWalked(known)) return
  if (depth > MOST_DEPTH) throw new ImageError('UNSAFE', `indexes lie within each other more than ${MOST_DEPTH} deep`)
  const node = await readNode(source, root)
  for (const child of ('children' in node ? node.children : undefined) ?? []) {
    const missing = await whyMissing(child, { parent: node, source, leaveOut, nodes, depth })
    if (missing === undefined) await visit(child, { source, leaveOut, nodes, depth: depth + 1 })
    else if (!nodes.has(child.digest)) nodes.set(child.digest, { kind: missing, descriptor: child })
  }
  // Anew: what was only noted before stands behind its children now.
  nodes.delete(root.digest)
  nodes.set(root.digest, node)
}

/**
 * Two descriptors of one digest have to speak of the same thing: what is a document to one and a mere blob to the other
 * would be carried without what it names.
 * @throws ImageError INTEGRITY
 */
export function assertSame(known: Root, again: Root): void {
  const roles = [known, again].map(roleOf)
  const where = { where: again.digest }
  if (known.size !== again.size) {
    throw new ImageError('INTEGRITY', 'two sizes for one digest', { ...where, expected: known.size, found: again.size })
  }
  if (roles[0] === roles[1]) return
  const [expected, found] = [known.mediaType, again.mediaType]
  throw new ImageError('INTEGRITY', 'two media types for one digest', { ...where, expected, found })
}

function roleOf({ mediaType }: Root): 'index' | 'manifest' | 'blob' {
  if (isIndexType(mediaType)) return 'index'
  return isManifestType(mediaType) ? 'manifest' : 'blob'
}

function isWalked(node: Node | undefined): boolean {
  return node !== undefined && isPresent(node) && node.kind !== 'left out'
}

/** True of what is in the source. */
export function isPresent({ kind }: Node): boolean {
  return kind !== 'absent' && kind !== 'missing'
}

/** Why a child is not visited; undefined if it is. What a root itself lacks is missed by who reads it. */
async function whyMissing(
  child: Root,
  { parent, source, leaveOut, nodes, depth }: Visit & { parent: Node },
): Promise<'absent' | 'left out' | 'missing' | undefined> {
  const isListed = parent.kind === 'index'
  if (isListed && leaveOut(child)) return 'left out'
  if (!isListed && (depth === 0 || isForeignLayer(child.mediaType) || isWalked(nodes.get(child.digest))))
    return undefined
  if (await source.has(child)) return undefined
  return isListed ? 'absent' : 'missing'
}

/** Reads a document, or takes a blob as one; documents are told by their media type. */
export async function readNode(source: Reader, descriptor: Descriptor): Promise<Node> {
  const root = rootOf(descriptor)
  if (isIndexType(root.mediaType)) {
    const read = await readChecked(source, root)
    const document = read.index()
    const { bytes } = kept(source, read)
    return { kind: 'index', descriptor: root, bytes, document, children: (document.manifests ?? []).map(rootOf) }
  }
  if (isManifestType(root.mediaType)) {
    const read = await readChecked(source, root)
    const document = read.manifestOrArtifact()
    if (!isWithConfig(document)) return { kind: 'blob', descriptor: root, children: document.layers.map(rootOf) }
    const { bytes } = kept(source, read)
    return {
      kind: 'manifest',
      descriptor: root,
      bytes,
      document,
      children: [document.config, ...document.layers].map(rootOf),
    }
  }
  return { kind: 'blob', descriptor: root }
}

function isWithConfig(document: Manifest | ArtifactManifest): document is Manifest {
  return document.config !== undefined
}

/** Holds a document that turned out to be what it is said to be. */
function kept({ documents }: Reader, document: JSONDocument): JSONDocument {
  return documents?.keep(document) ?? document
}

/** A document that is not held for longer than it is looked at, checked. */
export async function readDocument(source: Reader, descriptor: Descriptor): Promise<JSONDocument> {
  const document = await readChecked(source, rootOf(descriptor), CONFIG_LIMIT)
  return source.documents?.pass(document) ?? document
}

/** A document, checked; the one that is held, if it is. */
async function readChecked(source: Reader, root: Root, limit = DOCUMENT_LIMIT): Promise<JSONDocument> {
  const { digest, size } = root
  if (size > limit) throw tooLarge(digest, limit)
  if (!(await source.has(root))) throw missingBlob(root)
  const held = source.documents?.get(digest)
  if (held !== undefined) {
    assertClaim({ digest, size: held.bytes.length }, { digest, size }, digest)
    return held
  }
  const bytes = verified(source.open(root), { claim: root, where: digest })
  return new JSONDocument(digest, await readAll(bytes, { limit, where: digest }))
}

/** The failure of an image of which not everything is there. */
export function missingBlob({ digest }: Pick<Descriptor, 'digest'>): ImageError {
  return new ImageError('NOT_FOUND', 'a blob is not in the source', {
    where: digest,
    hint: 'the archive is incomplete: save it again',
  })
}

/** The descriptor, if its digest is one that can be computed. @throws ImageError UNSAFE, UNSUPPORTED, INTEGRITY */
export function rootOf(descriptor: Descriptor): Root {
  const root = { ...descriptor, digest: parseDigest(descriptor.digest) }
  if (root.data !== undefined) assertData(root.data, root)
  return root
}

/** Content that a descriptor carries itself has to be what it points at, or the two would be two readings. */
function assertData(data: string, { digest, size }: Root): void {
  const bytes = Buffer.from(data, 'base64')
  const claim = { digest, size, what: 'the digest of a descriptor’s own data' }
  assertClaim({ digest: digestOf(bytes, algorithmOf(digest)), size: bytes.length }, claim, digest)
}
