import type { Digest } from '../spec/digest.js'
import type { Descriptor, Index, Manifest } from '../spec/parse.js'

/** A descriptor whose digest has a supported algorithm. */
export type Root = Descriptor & { digest: Digest }

/** Something that a root reaches: a document that names others, or a blob that names none. */
export type Node =
  | { kind: 'index'; descriptor: Root; bytes: Buffer; document: Index; children: Root[] }
  | { kind: 'manifest'; descriptor: Root; bytes: Buffer; document: Manifest; children: Root[] }
  /** Has children if it is a manifest without a config, which names other blobs. */
  | { kind: 'blob'; descriptor: Root; children?: Root[] }
  /**
   * `absent`: in an index but not in the source, as in an image saved for some of its platforms only. `left out`: not
   * visited, because the caller does not want it.
   */
  | { kind: 'absent' | 'left out'; descriptor: Root }
  /**
   * A blob that a manifest within an index names and the source lacks, as in a platform that was not saved as a whole.
   */
  | { kind: 'missing'; descriptor: Root }

/** A node whose content names others. */
export type DocumentNode = Extract<Node, { bytes: Buffer }>

/** True for an index or a manifest that is present. */
export function isDocument(node: Node): node is DocumentNode {
  return node.kind === 'index' || node.kind === 'manifest'
}

/** True if the node's content is in the source. */
export function isPresent({ kind }: Node): boolean {
  return kind !== 'absent' && kind !== 'missing'
}

/** True for children of an index that are not wanted. */
export type LeaveOut = (child: Descriptor) => boolean
