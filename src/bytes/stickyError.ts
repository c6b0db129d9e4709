import type { Bytes } from './bytes.js'

/** The same bytes, whose failure lasts: whoever asks again after it does not take it for their end. */
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
