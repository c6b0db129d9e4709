import type { Digest } from './digest.js'
import { ImageError } from './errors.js'

/** The computed digest and size of bytes. */
export interface Sum {
  digest: Digest
  /** Size in bytes. */
  size: number
}

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
