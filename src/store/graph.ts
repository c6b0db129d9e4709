import { readAll, tooLarge } from '../bytes/bytes.js'
import { verified } from '../hashing/verify.js'
import { assertClaim } from '../spec/claim.js'
import { algorithmOf, type Digest, digestOf, parseDigest } from '../spec/digest.js'
import { JSONDocument } from '../spec/documents.js'
import { ImageError } from '../spec/errors.js'
import { isForeignLayer, isIndexType, isManifestType } from '../spec/mediaTypes.js'
import { type ArtifactManifest, CONFIG_LIMIT, type Descriptor, DOCUMENT_LIMIT, type Manifest } from '../spec/parse.js'
import type { Reader } from './blobs.js'
import { isPresent, type LeaveOut, type Node, type Root } from './nodes.js'

/** No real index is nested this deep. */
const MOST_DEPTH = 8

/**
 * Returns everything that the roots reach, each thing once, children before their parents. Reads and checks documents;
 * reads no other blobs.
 * @throws ImageError INTEGRITY, FORMAT; NOT_FOUND for a root, or a blob of a root's manifest, that is not there
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
  if (depth > MOST_DEPTH) throw new ImageError('UNSAFE', `indexes are nested more than ${MOST_DEPTH} deep`)
  const node = await readNode(source, root)
  for (const child of ('children' in node ? node.children : undefined) ?? []) {
    const missing = await whyMissing(child, { parent: node, source, leaveOut, nodes, depth })
    if (missing === undefined) await visit(child, { source, leaveOut, nodes, depth: depth + 1 })
    else if (!nodes.has(child.digest)) nodes.set(child.digest, { kind: missing, descriptor: child })
  }
  // Insert it again: a node first seen as absent must come after its children.
  nodes.delete(root.digest)
  nodes.set(root.digest, node)
}

/**
 * Checks that two descriptors of one digest agree on what it is. If one took a document for a mere blob, the blobs that
 * the document names would be lost.
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

/**
 * Returns why a child is not visited; undefined if it is. Whoever reads a root's own blobs notices if they are missing.
 */
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

/** Reads a document, or returns a blob unread. The media type tells which it is. */
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

/** Holds a document once it is verified. */
function kept({ documents }: Reader, document: JSONDocument): JSONDocument {
  return documents?.keep(document) ?? document
}

/** Returns a document, checked; it is held only while the caller uses it. */
export async function readDocument(source: Reader, descriptor: Descriptor): Promise<JSONDocument> {
  const document = await readChecked(source, rootOf(descriptor), CONFIG_LIMIT)
  return source.documents?.pass(document) ?? document
}

/** Returns a document, checked; the held one if there is one. */
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

/** Returns the error for an image that is not complete. */
export function missingBlob({ digest }: Pick<Descriptor, 'digest'>): ImageError {
  return new ImageError('NOT_FOUND', 'a blob is not in the source', {
    where: digest,
    hint: 'the archive is incomplete: save it again',
  })
}

/** Returns the descriptor if its digest has a supported algorithm. @throws ImageError UNSAFE, UNSUPPORTED, INTEGRITY */
export function rootOf(descriptor: Descriptor): Root {
  const root = { ...descriptor, digest: parseDigest(descriptor.digest) }
  if (root.data !== undefined) assertData(root.data, root)
  return root
}

/** Checks that a descriptor's embedded content is what its digest names; otherwise tools could read either. */
function assertData(data: string, { digest, size }: Root): void {
  const bytes = Buffer.from(data, 'base64')
  const claim = { digest, size, what: 'the digest of a descriptor’s own data' }
  assertClaim({ digest: digestOf(bytes, algorithmOf(digest)), size: bytes.length }, claim, digest)
}
