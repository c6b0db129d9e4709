import type { Worker } from 'node:worker_threads'
import { type Bytes, CHUNK } from '../bytes/bytes.js'
import { type ErrorRecord, ImageError } from '../spec/errors.js'
import { startWorker, threadFailure } from '../threads/threads.js'
import type { MtreeHeader } from './mtree.js'
import type { Count } from './oddities.js'
import type { Owners } from './owners.js'
import type { Insertion } from './packPlan.js'
import type { Validation } from './validation.js'

/** The data that the thread is started with. */
export interface PackData {
  /** A path to the root directory; no link. */
  root: string
  /** The URL of the package koffi; undefined to do without. */
  koffi: string | undefined
  owners: Owners
  /** No entry of a layer gets a later time, in seconds since 1970. */
  latest: number | undefined
  job: PackJob
}

/** What the thread looks for. */
export type PackJob =
  | {
      kind: 'changes'
      /** Path of the mtree file, and its name for messages. */
      mtree: string
      where: string
      /** Paths below which changes do not count. */
      masked: readonly string[]
      rehash: boolean
      /** True to describe the tree afterwards. */
      describes: boolean
    }
  | ({ kind: 'insertion' } & Insertion)
  | ({ kind: 'validation' } & Validation)

/** A question to the thread; it answers them in their order. */
export type PackQuestion =
  | { kind: 'look' }
  | { kind: 'fill'; bytes: Uint8Array<ArrayBuffer> }
  | { kind: 'describe'; file: number; header: MtreeHeader }
  | { kind: 'stop' }

export type PackAnswer =
  | { kind: 'found'; found: PackedChanges }
  | { kind: 'filled'; bytes: Uint8Array<ArrayBuffer>; length: number; end: LayerEnd | undefined }
  | { kind: 'done' }
  | { kind: 'failed'; record: ErrorRecord | undefined }

/** What is to be packed. */
export interface PackedChanges {
  added: number
  changed: number
  removed: number
  /** Bytes of all files. */
  bytes: number
  counts: readonly Count[]
  /** What a validation says, a line each. */
  differences: readonly string[]
}

/** What is known when a layer was read to its end. */
export interface LayerEnd {
  counts: readonly Count[]
}

/** Blocks that are filled ahead. */
const BLOCKS = 3

interface Waiting {
  resolve: (answer: PackAnswer) => void
  reject: (error: unknown) => void
}

/** A thread that reads a file system, and makes a layer of it. Its disposal stops it, and waits until it has tidied up. */
export class PackThread implements AsyncDisposable {
  readonly #worker: Worker
  readonly #waiting: Waiting[] = []
  #failure: unknown

  private constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', (answer: PackAnswer) => this.#take(answer))
    worker.on('error', (error) => this.#fail(threadFailure(error)))
    worker.on('exit', () => this.#fail(new ImageError('INTERNAL', 'the reading thread ended')))
    worker.unref()
  }

  /** Starts the thread. */
  static async start(data: PackData): Promise<PackThread> {
    const { PROGRAM } = await import('../generated/packProgram.js')
    // Files are opened by the system's own calls, which Node need not follow.
    return new PackThread(startWorker(PROGRAM, { workerData: data, trackUnmanagedFds: false }))
  }

  /** Looks at the whole tree; returns what there is to do. @throws ImageError */
  async look(signal?: AbortSignal): Promise<PackedChanges> {
    const stop = () => void this.#ask({ kind: 'stop' }).catch(() => {})
    signal?.addEventListener('abort', stop, { once: true })
    try {
      const answer = await this.#ask({ kind: 'look' })
      signal?.throwIfAborted()
      return answer.kind === 'found' ? answer.found : NOTHING
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  /** Returns the tar of the layer; `onEnd` gets what is known then. Its chunks are reused. */
  async *layer(onEnd: (end: LayerEnd) => void): Bytes {
    const asked = Array.from({ length: BLOCKS }, () => this.#fill(new Uint8Array(CHUNK)))
    for (let next = asked.shift(); next !== undefined; next = asked.shift()) {
      const answer = await next
      if (answer.kind !== 'filled') return
      yield answer.bytes.subarray(0, answer.length)
      if (answer.end !== undefined) return onEnd(answer.end)
      asked.push(this.#fill(answer.bytes))
    }
  }

  /** Writes what the tree is now, as it was packed, to an open mtree file. */
  async describe(file: number, header: MtreeHeader): Promise<void> {
    await this.#ask({ kind: 'describe', file, header })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#failure === undefined) await this.#ask({ kind: 'stop' }).catch(() => {})
    this.#worker.removeAllListeners('exit')
    await this.#worker.terminate()
  }

  #fill(bytes: Uint8Array<ArrayBuffer>): Promise<PackAnswer> {
    const answer = this.#ask({ kind: 'fill', bytes }, [bytes.buffer])
    // Who reads the layer sees the failure when its turn comes.
    answer.catch(() => {})
    return answer
  }

  #ask(question: PackQuestion, transfer: readonly ArrayBuffer[] = []): Promise<PackAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure)
      this.#waiting.push({ resolve, reject })
      this.#worker.ref()
      this.#worker.postMessage(question, transfer)
    })
  }

  #take(answer: PackAnswer): void {
    const next = this.#waiting.shift()
    if (this.#waiting.length === 0) this.#worker.unref()
    if (answer.kind !== 'failed') next?.resolve(answer)
    else if (answer.record === undefined) next?.reject(new ImageError('INTERNAL', 'the reading thread failed'))
    else next?.reject(ImageError.fromRecord(answer.record))
  }

  #fail(error: unknown): void {
    this.#failure ??= error
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure)
  }
}

const NOTHING: PackedChanges = { added: 0, changed: 0, removed: 0, bytes: 0, counts: [], differences: [] }
