import type { Bytes } from './bytes.js'

/** The same bytes for two readers. */
export interface Fork {
  branches: [Bytes, Bytes]
  /** Ends both branches with an AbortError. Call it when one reader fails, or the other one would wait for it. */
  stop(): void
}

/** Gives the same bytes to two readers in step: a chunk is replaced when both have asked for the next. */
export function fork(bytes: Bytes): Fork {
  const source = bytes[Symbol.asyncIterator]()
  let asked = 0
  let round = nextRound()
  let stopped: Promise<never> | undefined

  const ask = (): Promise<Next> => {
    if (stopped !== undefined) return stopped
    const { promise, settle } = round
    if (++asked === 2) {
      asked = 0
      round = nextRound()
      settle(source.next())
    }
    return promise
  }

  async function* branch(): Bytes {
    for (let next = await ask(); !next.done; next = await ask()) yield next.value
  }

  const stop = () => {
    stopped = Promise.reject(new DOMException('the other reader of these bytes stopped', 'AbortError'))
    stopped.catch(() => {})
    round.settle(stopped)
    // Not awaited: the source's cleanup does not matter here.
    source.return?.().catch(() => {})
  }
  return { branches: [branch(), branch()], stop }
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
