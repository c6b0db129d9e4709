import type { Bytes } from '../bytes/bytes.js'
import { algorithmOf, type Digest } from '../spec/digest.js'
import { ImageError } from '../spec/errors.js'
import type { Sum } from './hash.js'
import { tap } from './tap.js'

/** The digest and size that bytes are claimed to have. */
export interface Claim {
  digest: Digest
  /** Size in bytes. */
  size: number
  /** The digest's name in messages, if it is not that of a blob. */
  what?: string
  /** The bytes themselves in base64, if the claim includes them (OCI image-spec, descriptor.md, data). */
  data?: string
}

/**
 * Passes bytes on and throws at their end unless the claim holds; throws at once beyond the claimed size.
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

/** Compares the sum of bytes with a claim. @throws ImageError INTEGRITY with both values */
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
