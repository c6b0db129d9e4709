import type { Bytes } from './bytes.js'

/** Returns the same bytes with a lasting failure: a later read fails again instead of seeing an end. */
export function withStickyError(bytes: Bytes): Bytes {
  const source = bytes[Symbol.asyncIterator]()
  let failure: { error: unknown } | undefined
  const iterator: AsyncIterator<Uint8Array> = {
    async next() {
      if (failure !== undefined) throw failure.error
      try {
        return await source.next()
      } catch (error) {
        failure = { error }
        throw error
      }
    },
    async return() {
      await source.return?.()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}
