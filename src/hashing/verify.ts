import type { Bytes } from '../bytes/bytes.js'
import { algorithmOf, type Digest } from '../spec/digest.js'
import { ImageError } from '../spec/errors.js'
import type { Sum } from './hash.js'
import { tap } from './tap.js'

/** What bytes are claimed to be. */
export interface Claim {
  digest: Digest
  /** In bytes. */
  size: number
  /** What the digest is, where it is not that of a blob: for messages. */
  what?: string
  /** The bytes themselves in base64, if whoever claims has them at hand (OCI image-spec, descriptor.md, data). */
  data?: string
}

/**
 * Lets bytes through and fails at their end unless they are what was claimed; past the claimed size, at once.
 * @throws ImageError INTEGRITY with both values
 */
export async function* verified(bytes: Bytes, { claim, where }: { claim: Claim; where: string }): Bytes {
  const tapped = tap(bytes, algorithmOf(claim.digest))
  let passed = 0
  for await (const chunk of tapped.bytes) {
    passed += chunk.length
    if (passed > claim.size) {
      throw new ImageError('INTEGRITY', 'size differs', { where, expected: claim.size, found: `${passed} or more` })
    }
    yield chunk
  }
  assertClaim(await tapped.sum, claim, where)
}

/** Compares what bytes are with what they were claimed to be. @throws ImageError INTEGRITY with both values */
export function assertClaim(sum: Sum, claim: Claim, where?: string): void {
  const place = where === undefined ? {} : { where }
  if (sum.size !== claim.size) {
    throw new ImageError('INTEGRITY', 'size differs', { ...place, expected: claim.size, found: sum.size })
  }
  if (sum.digest !== claim.digest) {
    throw new ImageError('INTEGRITY', `${claim.what ?? 'digest'} differs`, {
      ...place,
      expected: claim.digest,
      found: sum.digest,
    })
  }
}
