import { createHash } from 'node:crypto'
import type { Bytes } from '../bytes/bytes.js'
import type { Sum } from '../spec/claim.js'
import type { Algorithm, Digest } from '../spec/digest.js'
import { isForThreads, remoteHash } from '../threads/chunkThreads.js'

/** Computes a digest. */
export interface Hasher {
  /** Takes the next chunk. If it returns a promise, the chunk's memory is in use until that resolves. */
  update(chunk: Uint8Array): Promise<void> | undefined
  /** Returns the digest of all chunks; no more may follow. */
  digest(): Promise<Digest>
  /** Abandons the work, unless the digest has been taken. */
  discard(): void
}

export interface HashOptions {
  /** False to hash in this thread, however large the chunks are; true if absent. */
  inThread?: boolean
}

/**
 * A hasher that works in another thread where that pays: when the first chunk is large and its memory shared, as
 * `alternate` and `regroup` hand them out.
 */
export function hasher(algorithm: Algorithm = 'sha256', { inThread = true }: HashOptions = {}): Hasher {
  let inner: Inner | undefined
  return {
    update: (chunk) => {
      inner ??= inThread && isForThreads(chunk) ? remoteHash(algorithm) : localHash(algorithm)
      return inner.update(chunk)
    },
    digest: async () => {
      const last = inner ?? localHash(algorithm)
      inner = localHash(algorithm)
      return `${algorithm}:${await last.digest()}`
    },
    discard: () => {
      inner?.discard()
    },
  }
}

/** Reads to the end and returns the sum. */
export async function sum(bytes: Bytes, algorithm: Algorithm = 'sha256'): Promise<Sum> {
  const hash = hasher(algorithm)
  let size = 0
  try {
    for await (const chunk of bytes) {
      await hash.update(chunk)
      size += chunk.length
    }
    return { digest: await hash.digest(), size }
  } finally {
    hash.discard()
  }
}

interface Inner {
  update(chunk: Uint8Array): Promise<void> | undefined
  digest(): string | Promise<string>
  discard(): void
}

function localHash(algorithm: Algorithm): Inner {
  const hash = createHash(algorithm)
  return {
    update: (chunk) => {
      hash.update(chunk)
      return undefined
    },
    digest: () => hash.digest('hex'),
    discard: () => {},
  }
}
