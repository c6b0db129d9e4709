import { type Bytes, single } from '../bytes/bytes.js'
import type { Sum } from '../hashing/hash.js'
import type { Claim } from '../hashing/verify.js'
import type { KnownDocuments } from '../spec/documents.js'
import type { Descriptor, Index } from '../spec/parse.js'

/** Where content comes from: an image layout, whatever carries it. */
export interface BlobSource {
  /** The roots. */
  index(): Promise<Index>
  /** Whether there is content of this name; says nothing of its bytes. */
  has(claim: Claim): Promise<boolean>
  /**
   * The bytes that go by this name, from `start` on. They are what the source has: `put` with the claim, or `verified`,
   * tells whether they are what the name says.
   */
  open(claim: Claim, start?: number): Bytes
  /** Documents of it that were read already. */
  readonly documents?: KnownDocuments
}

/** How to read the same bytes once more, from `start` on. */
export type Again = (start?: number) => Bytes

/** Where content is gathered before it is named by an index. */
export interface BlobPool {
  /** Whether the content is there, with this size: put, or from before. */
  has(claim: Claim): Promise<boolean>
  /**
   * Takes content and says what it was. A claim chooses the algorithm and has to hold. If the bytes can be had `again`,
   * a pool that writes later need not keep them, nor read them now if it has a claim too: then that is checked later.
   * @throws ImageError INTEGRITY with both values
   */
  put(bytes: Bytes, claim?: Claim, again?: Again): Promise<Sum>
  /** Content that was put, or is there from before, from `start` on. */
  open(claim: Claim, start?: number): Bytes
  /** Documents of it that were read already. */
  readonly documents?: KnownDocuments
  /** Bytes that were written so far. */
  readonly bytesWritten: number
}

/** Puts a document that is in memory, and stays there, unless the pool has it. */
export async function putDocument(
  pool: Pick<BlobPool, 'has' | 'put'>,
  bytes: Buffer,
  { digest, size }: Claim,
): Promise<void> {
  if (await pool.has({ digest, size })) return
  await pool.put(single(bytes), { digest, size }, (start = 0) => single(bytes.subarray(start)))
}

/** Where content goes: staged until `commit`, gone without it. */
export interface BlobSink extends BlobPool, AsyncDisposable {
  /**
   * Moves in what the roots reach, then replaces the index by `update` of what it is at that moment: last, and in one
   * step. What was staged and is not reached is dropped. Content that was there before is looked at again.
   */
  commit(roots: readonly Descriptor[], update: (current: Index) => Index | Promise<Index>): Promise<void>
}
