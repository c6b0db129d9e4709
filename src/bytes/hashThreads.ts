import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Algorithm } from '../spec/digest.js'
import { ImageError } from '../spec/errors.js'

/** A hash that is computed in another thread. */
export interface RemoteHash {
  /** Resolves when the chunk's memory may be used again. The memory must be shared. */
  update(chunk: Uint8Array): Promise<void>
  /** Lower-case hex. */
  digest(): Promise<string>
  /** Forgets a hash whose digest nobody will ask for. */
  discard(): void
}

interface Reply {
  id: number
  hex?: string
}

interface Waiting {
  resolve: (hex: string) => void
  reject: (error: unknown) => void
}

const threads: HashThread[] = []
let lastId = 0

/** A hash in the thread that has least to do; threads are started as they are needed, at most one a core. */
export function remoteHash(algorithm: Algorithm): RemoteHash {
  const thread = leastBusy()
  const id = ++lastId
  thread.open++
  const close = () => {
    thread.open--
  }
  return {
    update: async (chunk) => {
      await thread.ask({ id, algorithm, chunk })
    },
    digest: () => thread.ask({ id, algorithm }).finally(close),
    discard: () => {
      thread.ask({ id, algorithm }).then(close, close)
    },
  }
}

function leastBusy(): HashThread {
  const idle = threads.find((thread) => thread.open === 0)
  if (idle !== undefined) return idle
  const most = Math.min(availableParallelism(), 4)
  if (threads.length < most) {
    const thread = new HashThread()
    threads.push(thread)
    return thread
  }
  return threads.reduce((least, thread) => (thread.open < least.open ? thread : least))
}

/** One thread, and who waits for its answers. It keeps the process alive only while someone does. */
class HashThread {
  open = 0
  readonly #worker = new Worker(new URL('./hash-worker.js', import.meta.url))
  /** Answers come in the order of the questions. */
  readonly #waiting: Waiting[] = []

  #failure: unknown

  constructor() {
    this.#worker.unref()
    this.#worker.on('message', ({ hex }: Reply) => {
      const next = this.#waiting.shift()
      if (this.#waiting.length === 0) this.#worker.unref()
      next?.resolve(hex ?? '')
    })
    this.#worker.on('error', (error) => this.#fail(error))
    this.#worker.on('exit', () => this.#fail(new ImageError('INTERNAL', 'the hashing thread ended')))
  }

  ask(question: { id: number; algorithm: Algorithm; chunk?: Uint8Array }): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure)
      this.#waiting.push({ resolve, reject })
      this.#worker.ref()
      this.#worker.postMessage(question)
    })
  }

  #fail(error: unknown): void {
    this.#failure ??= error
    const at = threads.indexOf(this)
    if (at >= 0) threads.splice(at, 1)
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }
}
