import type { Context } from '../bytes/context.js'
import { algorithmOf, digestOf, isDigest, parseDigest, shortDigest } from '../spec/digest.js'
import { attempt } from '../spec/errors.js'
import { canonicalJSON } from '../spec/json/canonical.js'
import { layerCompression } from '../spec/mediaTypes.js'
import type { Descriptor } from '../spec/parse.js'
import type { BlobPool, Reader } from '../store/blobs.js'
import { type DocumentNode, isDocument, type LeaveOut, type Node, type Root } from '../store/nodes.js'
import { putDocument } from '../store/putContent.js'
import { assertLayersAgree, hasImageConfig, isImage, warnOfConfig } from './check.js'
import { editIndex, editManifest, type NewDocuments } from './edit.js'
import { readImageConfig } from './imageConfig.js'
import type { Layer } from './layer.js'
import { type ManifestNode, tableOf } from './nodeTable.js'
import { diffIDOf } from './pipeline.js'
import { following, referredIn } from './reference.js'

/** The sink for documents, and the context. */
export interface DocumentWork {
  sink: Pick<BlobPool, 'has' | 'open' | 'put'>
  context: Context
  /** Digests of manifests whose configs were looked at before: no warnings of those configs are given. */
  known?: ReadonlySet<string>
}

/** Changes to the content that documents name. */
export interface Changes {
  /** Layers with new bytes. */
  layers: ReadonlyMap<string, Layer>
  isDropped: LeaveOut
}

/** Carries the documents, children first; returns the new descriptors of those that changed. */
export async function carryDocuments(
  nodes: readonly Node[],
  work: DocumentWork,
  changes: Changes,
): Promise<NewDocuments> {
  const now = new Map<string, Descriptor>()
  const { incomplete } = tableOf(nodes)
  for (const node of subjectsFirst(nodes)) {
    await work.context.breathe()
    if (node.kind === 'manifest' && !incomplete.has(node.descriptor.digest)) await checkImage(node, work, changes)
    const { descriptor, bytes } = edited(node, { ...changes, now })
    await putDocument(work.sink, bytes, descriptor)
    if (descriptor.digest === node.descriptor.digest) continue
    now.set(node.descriptor.digest, {
      mediaType: descriptor.mediaType,
      digest: descriptor.digest,
      size: descriptor.size,
    })
  }
  for (const { document, descriptor } of nodes.filter(isDocument)) {
    const { subject } = document
    const about = now.get(subject?.digest ?? '')
    if (subject !== undefined && about !== undefined) warnOfSubject(descriptor.digest, subject, work.context)
  }
  return now
}

/** Orders documents behind everything that they name: their children, which come first already, and their subjects. */
function subjectsFirst(nodes: readonly Node[]): Iterable<DocumentNode> {
  const documents = new Map(nodes.filter(isDocument).map((node) => [node.descriptor.digest as string, node]))
  const ordered = new Set<DocumentNode>()
  for (const node of documents.values()) {
    const waiting = [node]
    const begun = new Set<DocumentNode>()
    for (let next = waiting.at(-1); next !== undefined; next = waiting.at(-1)) {
      const before = namedBy(next, documents).filter((one) => !ordered.has(one) && !begun.has(one))
      if (begun.has(next) || before.length === 0) {
        ordered.add(next)
        waiting.pop()
      } else {
        begun.add(next)
        waiting.push(...before)
      }
    }
  }
  return ordered
}

/** Returns the documents whose digests occur in this one. */
function namedBy(node: DocumentNode, documents: ReadonlyMap<string, DocumentNode>): DocumentNode[] {
  const { document, children, kind } = node
  const named = [...children, ...(document.subject === undefined ? [] : [document.subject])].map(({ digest }) => digest)
  const referred = kind === 'index' ? children.flatMap(referredIn) : []
  return [...named, ...referred].flatMap((digest) => documents.get(digest) ?? [])
}

async function checkImage(
  { descriptor, document }: ManifestNode,
  work: DocumentWork,
  { layers }: Changes,
): Promise<void> {
  const { config } = document
  if (!hasImageConfig(document)) return
  await attempt(`check image ${shortDigest(descriptor.digest)}`, async () => {
    const { sink, context } = work
    const there: Reader = {
      has: (claim) => sink.has(claim),
      open: (claim) => sink.open(claim),
      documents: context.documents,
    }
    const read = await readImageConfig(document, there)
    if (read === undefined) return
    const [parsed, where] = [read.config(), config.digest]
    const isKnown = work.known?.has(descriptor.digest) === true
    if (isImage(document) && !isKnown) warnOfConfig({ config: parsed, bytes: read.bytes, where }, context.warn)
    await assertLayersAgree(document, parsed, async (layer, claimed) => {
      const known = layers.get(layer.digest)?.diffID
      if (known !== undefined || layerCompression(layer.mediaType) !== 'none') return known
      // The bytes may be compressed all the same, or the digest may have another algorithm.
      return layer.digest === claimed ? claimed : plainDigest(layer, claimed, work.sink)
    })
  })
}

async function plainDigest({ digest, size }: Descriptor, claimed: string, sink: DocumentWork['sink']): Promise<string> {
  const bytes = sink.open({ digest: parseDigest(digest), size })
  return diffIDOf(bytes, isDigest(claimed) ? algorithmOf(claimed) : undefined)
}

/** Returns a document updated for the changes below it; the very same bytes if nothing changed. */
function edited(node: DocumentNode, { layers, isDropped, now }: Changes & { now: NewDocuments }) {
  const isListedAnew = (child: Root) => isDropped(child) || following(child, now) !== child
  const isAffected = (child: Root) =>
    layers.has(child.digest) || now.has(child.digest) || (node.kind === 'index' && isListedAnew(child))
  if (!node.children.some(isAffected) && !now.has(node.document.subject?.digest ?? '')) return node
  const { document, mediaType } =
    node.kind === 'manifest'
      ? editManifest(node.document, node.document.mediaType ?? node.descriptor.mediaType, { layers, documents: now })
      : { document: editIndex(node.document, now, isDropped), mediaType: node.descriptor.mediaType }
  const bytes = canonicalJSON(document)
  return { descriptor: { ...node.descriptor, mediaType, digest: digestOf(bytes), size: bytes.length }, bytes }
}

function warnOfSubject(where: string, { digest }: Descriptor, { warn }: Context): void {
  const message = `its subject, ${digest}, was rewritten; it now names the new one, but was made for the old one`
  warn({ code: 'ORPHANED_SUBJECT', message, where })
}
