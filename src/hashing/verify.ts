import type { Bytes } from '../bytes/bytes.js'
import { assertClaim, type Claim } from '../spec/claim.js'
import { algorithmOf } from '../spec/digest.js'
import { ImageError } from '../spec/errors.js'
import { tap } from './tap.js'

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
