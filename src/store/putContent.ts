import { type Bytes, single } from '../bytes/bytes.js'
import { sum } from '../hashing/hash.js'
import type { Claim, Sum } from '../spec/claim.js'
import type { BlobPool, RepeatableContent } from './blobs.js'

/** A pool that may leave content where it is. */
export type ContentPool = Pick<BlobPool, 'put' | 'leaveInPlace'>

/**
 * Leaves content where it is if the pool can do that; otherwise puts it.
 * @param bytes the content as it passes, watched or tapped; not read if the content stays where it is
 */
export async function putContent(pool: ContentPool, content: RepeatableContent, bytes?: Bytes): Promise<Sum> {
  if (pool.leaveInPlace === undefined) return pool.put(bytes ?? content.open(), content.claim)
  pool.leaveInPlace(content)
  const { digest, size } = content.claim
  return { digest, size }
}

/**
 * Reads bytes to their end and returns their sum. The pool stores them, unless they can be opened once more and it can
 * leave them where they are.
 */
export async function putUnnamed(pool: ContentPool, bytes: Bytes, open?: RepeatableContent['open']): Promise<Sum> {
  if (open === undefined || pool.leaveInPlace === undefined) return pool.put(bytes)
  const claim = await sum(bytes)
  pool.leaveInPlace({ claim, open })
  return claim
}

/** Puts a document that stays in memory, unless the pool has it. Nobody would notice later that it is damaged. */
export async function putDocument(
  pool: ContentPool & Pick<BlobPool, 'has' | 'hasIntact'>,
  bytes: Buffer,
  { digest, size }: Claim,
): Promise<void> {
  if (await (pool.hasIntact?.({ digest, size }) ?? pool.has({ digest, size }))) return
  await putContent(pool, { claim: { digest, size }, open: (start = 0) => single(bytes.subarray(start)) })
}
