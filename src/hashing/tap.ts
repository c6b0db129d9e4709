import type { Bytes } from '../bytes/bytes.js'
import type { Sum } from '../spec/claim.js'
import type { Algorithm } from '../spec/digest.js'
import { type HashOptions, hasher } from './hash.js'

/** Bytes that are counted and hashed as they pass. */
export interface Tapped {
  bytes: Bytes
  /** The sum of the bytes; resolves once `bytes` has been read to its end. */
  sum: Promise<Sum>
}

/** Lets bytes through and says afterwards what they were. */
export function tap(bytes: Bytes, algorithm: Algorithm = 'sha256', options: HashOptions = {}): Tapped {
  const { promise, resolve, reject } = withResolvers<Sum>()
  // The reader of `bytes` sees the failure; nobody need look at the sum then.
  promise.catch(() => {})
  return { bytes: passing(bytes, { algorithm, options, resolve, reject }), sum: promise }
}

interface Outcome {
  algorithm: Algorithm
  options: HashOptions
  resolve: (sum: Sum) => void
  reject: (error: unknown) => void
}

async function* passing(bytes: Bytes, { algorithm, options, resolve, reject }: Outcome): Bytes {
  const hash = hasher(algorithm, options)
  let size = 0
  let isOver = false
  try {
    for await (const chunk of bytes) {
      const hashed = hash.update(chunk)
      hashed?.catch(() => {})
      yield chunk
      await hashed
      size += chunk.length
    }
    resolve({ digest: await hash.digest(), size })
    isOver = true
  } catch (error) {
    isOver = true
    reject(error)
    throw error
  } finally {
    hash.discard()
    // Created only if needed: it costs more than the hash of a small file.
    if (!isOver) reject(new DOMException('the bytes were not read to their end', 'AbortError'))
  }
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
