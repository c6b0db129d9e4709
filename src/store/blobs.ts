import type { Bytes } from '../bytes/bytes.js'
import type { Claim, Sum } from '../spec/claim.js'
import type { Digest } from '../spec/digest.js'
import type { KnownDocuments } from '../spec/documents.js'
import type { Index } from '../spec/parse.js'

/** A source of content: an image layout in any carrier. */
export interface BlobSource {
  /** Returns the index that lists the roots. */
  index(): Promise<Index>
  /** True if there is content under this digest with this size. Does not read its bytes. */
  has(claim: Claim): Promise<boolean>
  /**
   * Returns the bytes stored under the digest, from `start` on. They are not checked: `put` with the claim, or
   * `verified`, checks them.
   */
  open(claim: Claim, start?: number): Bytes
  /** Documents that were read already. */
  readonly documents?: KnownDocuments
  /** Returns how this content is presented; undefined for content that is as its descriptor says. */
  presentation?(digest: Digest): Presentation | undefined
}

/** The origin of content that the source does not have under its digest. Its media type is as its bytes are. */
export interface Presentation {
  /** Name of the content for messages and progress. */
  name: string
  /** Name of its digest in messages, if it is not that of a blob. */
  what?: string
  /**
   * True if its digest is only claimed: its bytes have to be read, even if the destination has that content. False if
   * they were read.
   */
  isClaimed: boolean
}

/** Content that can be opened as often as needed. */
export interface RepeatableContent {
  /** Not checked yet; whoever reads the content for good checks it. */
  claim: Claim
  /** Returns the bytes, from `start` on. */
  open(start?: number): Bytes
}

/** Gathers content until an index names it. */
export interface BlobPool {
  /** True if content with this digest and size was put, or was there before. */
  has(claim: Claim): Promise<boolean>
  /** The same as `has`, but reads the content, too: it is false for what is damaged, which `put` then replaces. */
  hasIntact?(claim: Claim): Promise<boolean>
  /**
   * Reads the bytes to their end, stores them, and returns their sum. A claim sets the algorithm, and must hold.
   * @throws ImageError INTEGRITY with both values
   */
  put(bytes: Bytes, claim?: Claim): Promise<Sum>
  /**
   * Takes content without reading it: it stays where it is until the pool writes it, and is checked then. Absent from a
   * pool that writes content when it gets it.
   * @throws ImageError INTEGRITY if the pool has content of the same digest and another size
   */
  leaveInPlace?(content: RepeatableContent): void
  /** Returns content that was put or was there before, from `start` on. */
  open(claim: Claim, start?: number): Bytes
  /** Documents that were read already. */
  readonly documents?: KnownDocuments
  /** Number of bytes written until now. */
  readonly bytesWritten: number
}

/** A source of documents. */
export type Reader = Pick<BlobSource, 'has' | 'open' | 'documents'>
