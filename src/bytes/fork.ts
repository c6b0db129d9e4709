import type { Bytes } from './bytes.js'

/**
 * Gives the same bytes to two readers that go in step: a chunk is replaced when both have asked for the next. A reader
 * that stops early ends the other one with an AbortError, unless the bytes were at their end.
 */
export function fork(bytes: Bytes): [Bytes, Bytes] {
  const source = bytes[Symbol.asyncIterator]()
  let asked = 0
  let round = nextRound()

  const ask = (): Promise<IteratorResult<Uint8Array>> => {
    const { promise, settle } = round
    if (++asked === 2) {
      asked = 0
      round = nextRound()
      settle(source.next())
    }
    return promise
  }

  async function* branch(): Bytes {
    let ended = false
    try {
      for (let next = await ask(); !next.done; next = await ask()) yield next.value
      ended = true
    } catch (error) {
      ended = true
      throw error
    } finally {
      if (!ended) {
        round.settle(Promise.reject(new DOMException('the other reader of these bytes stopped', 'AbortError')))
        await source.return?.()
      }
    }
  }

  return [branch(), branch()]
}

type Next = IteratorResult<Uint8Array>

function nextRound() {
  let settle: (next: Promise<Next>) => void = () => {}
  const promise = new Promise<Next>((resolve) => {
    settle = resolve
  })
  promise.catch(() => {})
  return { promise, settle }
}
