import type { Bytes } from '../bytes/bytes.js'
import type { Sum } from '../bytes/hash.js'
import type { Claim } from '../bytes/verify.js'
import type { Descriptor, Index } from '../spec/parse.js'

/** Where content comes from: an image layout, whatever carries it. */
export interface BlobSource {
  /** The roots. */
  index(): Promise<Index>
  /** Whether there is content of this name; says nothing of its bytes. */
  has(claim: Claim): Promise<boolean>
  /**
   * The bytes that go by this name. They are what the source has: `put` with the claim, or `verified`, tells whether
   * they are what the name says.
   */
  open(claim: Claim): Bytes
}

/** Where content goes: staged until `commit`, gone without it. */
export interface BlobSink extends AsyncDisposable {
  /** Whether the content is there, with this size: staged or from before. */
  has(claim: Claim): Promise<boolean>
  /**
   * Takes content and says what it was. A claim chooses the algorithm and has to hold.
   * @throws ImageError INTEGRITY with both values
   */
  put(bytes: Bytes, claim?: Claim): Promise<Sum>
  /** Staged content, or content from before. */
  open(claim: Claim): Bytes
  /**
   * Moves in what the roots reach, then replaces the index by `update` of what it is at that moment: last, and in one
   * step. What was staged and is not reached is dropped. Content that was there before is looked at again.
   */
  commit(roots: readonly Descriptor[], update: (current: Index) => Index): Promise<void>
  /** Bytes that were written so far. */
  readonly bytesWritten: number
}
