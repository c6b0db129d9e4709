import { createHash } from 'node:crypto'
import { quoted } from './cut.js'
import { ImageError } from './errors.js'

/** Name of content: algorithm and lower-case hex. Only algorithms that this package can compute. */
export type Digest = `${Algorithm}:${string}`

/** Digest of a layer's uncompressed bytes (OCI image-spec, config.md). */
export type DiffID = Digest

/** Hash algorithms registered by the OCI image-spec (descriptor.md). */
export type Algorithm = 'sha256' | 'sha512'

const HEX_LENGTH: Record<Algorithm, number> = { sha256: 64, sha512: 128 }

/**
 * Reads a digest strictly: known algorithm, lower-case hex, right length; so that it is safe as a file name.
 * @throws ImageError UNSAFE or UNSUPPORTED
 */
export function parseDigest(text: string, where?: string): Digest {
  if (isDigest(text)) return text
  const place = where === undefined ? {} : { where }
  if (isOfSomeAlgorithm(text) && !Object.hasOwn(HEX_LENGTH, algorithmOf(text))) {
    throw new ImageError('UNSUPPORTED', `digest algorithm ${algorithmOf(text)} is not supported`, {
      ...place,
      expected: 'sha256 or sha512',
      found: quoted(text),
    })
  }
  throw new ImageError('UNSAFE', 'not a digest', {
    ...place,
    expected: 'sha256: and 64 lower-case hex digits',
    found: quoted(text),
  })
}

/** More characters than any digest has: on millions the pattern's stack would overflow. */
const MOST_LENGTH = 512

/** True if the text follows the grammar of digests (OCI image-spec, descriptor.md). */
function isOfSomeAlgorithm(text: string): boolean {
  return text.length <= MOST_LENGTH && /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[A-Za-z0-9=_-]+$/.test(text)
}

/** True if {@link parseDigest} accepts the text. */
export function isDigest(text: string): text is Digest {
  const algorithm = algorithmOf(text)
  if (algorithm !== 'sha256' && algorithm !== 'sha512') return false
  const hex = text.slice(algorithm.length + 1)
  return hex.length === HEX_LENGTH[algorithm] && /^[0-9a-f]+$/.test(hex)
}

/** Returns the part before the colon. */
export function algorithmOf(digest: Digest): Algorithm
export function algorithmOf(digest: string): string
export function algorithmOf(digest: string): string {
  return digest.slice(0, Math.max(0, digest.indexOf(':')))
}

/** Returns the part after the colon. */
export function hexOf(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1)
}

/**
 * Returns the names of stacks of layers: each hashes the name of the stack below and the next layer's diffID (OCI
 * image-spec, config.md, layer chain ID).
 */
export function chainIDs(diffIDs: readonly Digest[]): Digest[] {
  const chain: Digest[] = []
  for (const diffID of diffIDs) {
    const below = chain.at(-1)
    chain.push(below === undefined ? diffID : digestOf(Buffer.from(`${below} ${diffID}`)))
  }
  return chain
}

/** Returns the digest of bytes in memory. */
export function digestOf(bytes: Uint8Array, algorithm: Algorithm = 'sha256'): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`
}

/** Returns a digest for messages: algorithm and the first twelve digits, as docker prints image IDs. */
export function shortDigest(digest: string): string {
  return digest.slice(0, digest.indexOf(':') + 13)
}
