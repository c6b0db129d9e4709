import type { Worker } from 'node:worker_threads'
import type { Bytes } from '../bytes/bytes.js'
import { type ErrorRecord, ImageError } from '../spec/errors.js'
import { startWorker, threadFailure } from '../threads/threads.js'
import type { MtreeHeader } from './mtree.js'
import type { Count } from './oddities.js'
import type { Owners } from './owners.js'

/** The data that the thread is started with. */
export interface WriterData {
  /** A path to the root directory, which is empty. */
  root: string
  /** The URL of the package koffi; undefined to do without. */
  koffi: string | undefined
  owners: Owners
  keepsDirectoryLinks: boolean
  /** True to compute SHA-256 of all files, for an mtree. */
  isSummed: boolean
  /** Not zero once nobody waits for answers. */
  isOver: Int32Array<SharedArrayBuffer>
}

/** A question of who feeds the thread. Memory of bytes goes there and comes back. */
export type WriterQuestion =
  | { kind: 'bytes'; bytes: Uint8Array<ArrayBuffer>; length: number }
  | { kind: 'end of layer' }
  | { kind: 'finish'; mtree: { file: number; header: MtreeHeader } | undefined }
  | { kind: 'close' }

export type WriterAnswer =
  | { kind: 'bytes'; bytes: Uint8Array<ArrayBuffer>; entries: number }
  | { kind: 'done' }
  | { kind: 'finished'; counts: Count[]; entries: number; isConfined: boolean }
  | { kind: 'failed'; record: ErrorRecord | undefined }

/** The result of a whole file system. */
export interface Written {
  /** Entries of all layers. */
  entries: number
  counts: readonly Count[]
  /** True if the kernel, too, kept all paths within the root. */
  isConfined: boolean
}

/** Bytes of a block handed to the thread, and the number of blocks: layers are decompressed ahead by so much. */
const BLOCK = 512 * 1024
const BLOCKS = 16

/** Milliseconds for the thread to close its files: it may be in the middle of removing a large tree. */
const GRACE = 1000

/** A thread that writes a file system. Ends with its disposal, even in the middle of the work. */
export class WriterThread implements AsyncDisposable {
  readonly #worker: Worker
  readonly #isOver: Int32Array<SharedArrayBuffer>
  #free: Uint8Array<ArrayBuffer>[] = []
  #made = 0
  #failure: unknown
  #hasEnded = false
  #finished: Written | undefined
  #wake = () => {}
  /** Entries written so far. */
  entries = 0

  private constructor(worker: Worker, isOver: Int32Array<SharedArrayBuffer>) {
    this.#worker = worker
    this.#isOver = isOver
    worker.on('message', (answer: WriterAnswer) => this.#take(answer))
    worker.on('error', (error) => this.#fail(threadFailure(error)))
    worker.on('exit', () => {
      this.#hasEnded = true
      this.#fail(new ImageError('INTERNAL', 'the writing thread ended'))
    })
    worker.unref()
  }

  /** Starts the thread. */
  static async start(data: Omit<WriterData, 'isOver'>): Promise<WriterThread> {
    const { PROGRAM } = await import('../generated/writerProgram.js')
    const isOver = new Int32Array(new SharedArrayBuffer(4))
    const worker = startWorker(PROGRAM, {
      workerData: { ...data, isOver } satisfies WriterData,
      // Files are opened by the system's own calls, which Node need not follow.
      trackUnmanagedFds: false,
      // Most objects live for one entry: little room for young ones saves memory, and costs no time.
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    })
    return new WriterThread(worker, isOver)
  }

  /** Writes a layer; resolves when all of it is handed over. @throws ImageError what the thread met so far */
  async writeLayer(tar: Bytes): Promise<void> {
    let block = await this.#block()
    let filled = 0
    for await (const chunk of tar) {
      for (let at = 0; at < chunk.length; ) {
        const taken = Math.min(block.length - filled, chunk.length - at)
        block.set(chunk.subarray(at, at + taken), filled)
        at += taken
        filled += taken
        if (filled < block.length) continue
        this.#send({ kind: 'bytes', bytes: block, length: filled }, [block.buffer])
        block = await this.#block()
        filled = 0
      }
    }
    if (filled === 0) this.#free.push(block)
    else this.#send({ kind: 'bytes', bytes: block, length: filled }, [block.buffer])
    this.#send({ kind: 'end of layer' })
  }

  /**
   * Ends the file system: waits for all that was handed over, and sets the attributes of directories.
   * @param mtree an open file for its description, if there is to be one
   */
  async finish(mtree?: { file: number; header: MtreeHeader }): Promise<Written> {
    this.#send({ kind: 'finish', mtree })
    await this.#until(() => this.#finished !== undefined)
    return this.#finished ?? { entries: 0, counts: [], isConfined: false }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#hasEnded) return
    this.#worker.ref()
    const ended = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()))
    // The system's files are the whole process's: they stay open when a thread is terminated.
    Atomics.store(this.#isOver, 0, 1)
    this.#worker.postMessage({ kind: 'close' } satisfies WriterQuestion)
    const impatient = setTimeout(() => void this.#worker.terminate(), GRACE)
    await ended
    clearTimeout(impatient)
  }

  /** Returns a block that the thread does not use. */
  async #block(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#free.length === 0 && this.#made < BLOCKS) {
      this.#made++
      return new Uint8Array(BLOCK)
    }
    await this.#until(() => this.#free.length > 0)
    return this.#free.pop() ?? new Uint8Array(BLOCK)
  }

  #send(question: WriterQuestion, transfer: readonly ArrayBuffer[] = []): void {
    if (this.#failure !== undefined) throw this.#failure
    this.#worker.postMessage(question, transfer)
  }

  #take(answer: WriterAnswer): void {
    if (answer.kind === 'failed') {
      const { record } = answer
      this.#failure = record ? ImageError.fromRecord(record) : new ImageError('INTERNAL', 'the writing thread failed')
    } else if (answer.kind === 'bytes') {
      this.#free.push(answer.bytes)
      this.entries = answer.entries
    } else if (answer.kind === 'finished') this.#finished = answer
    this.#wake()
  }

  #fail(error: unknown): void {
    this.#failure ??= error
    this.#wake()
  }

  /** Waits for a condition that the thread's answers bring about; keeps the process alive meanwhile. */
  async #until(isSo: () => boolean): Promise<void> {
    this.#worker.ref()
    try {
      while (!isSo()) {
        if (this.#failure !== undefined) throw this.#failure
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
      if (this.#failure !== undefined) throw this.#failure
    } finally {
      this.#worker.unref()
    }
  }
}
