import { type TransferListItem, Worker, type WorkerOptions } from 'node:worker_threads'
import { usualJobs } from '../bytes/parallel.js'
import { ImageError, isSystemError } from '../spec/errors.js'

interface Waiting<Answer> {
  resolve: (answer: Answer) => void
  reject: (error: unknown) => void
}

/** A thread that is taken for some work. */
interface Lease<Question, Answer> {
  ask(question: Question): Promise<Answer>
  /** Called once, when the work is over. */
  end(): void
}

/** For so long no thread is asked for after the system had none, in milliseconds. */
const PATIENCE = 1000

/**
 * Threads of one program, started as needed: at most one per core and at most four, fewer if the system has no more.
 */
export class Threads<Question, Answer> {
  readonly #program: string
  readonly #data: () => unknown
  readonly #all: Thread<Question, Answer>[] = []
  #refusal: { at: number; error: unknown } | undefined

  /**
   * @param program a URL
   * @param data returns the program's data; called when a thread is started
   */
  constructor(program: string, data: () => unknown = () => undefined) {
    this.#program = program
    this.#data = data
  }

  /** True if there is a thread, or one can be started. */
  areThere(): boolean {
    return this.#all.length > 0 || this.#started() !== undefined
  }

  /** Returns the thread with the least work by `open`. @throws ImageError SYSTEM if none can be started */
  leastBusy(): Thread<Question, Answer> {
    const idle = this.#all.find((thread) => thread.open === 0) ?? this.#another()
    if (idle !== undefined) return idle
    if (this.#all.length === 0) throw this.#refusal?.error
    return this.#all.reduce((least, thread) => (thread.open < least.open ? thread : least))
  }

  /** Asks the thread with the least work. */
  async ask(question: Question, transfer: readonly TransferListItem[] = []): Promise<Answer> {
    const thread = this.leastBusy()
    thread.open++
    return thread.ask(question, transfer).finally(() => thread.open--)
  }

  /** Takes the thread that has least to do for work of several questions; until its end it counts as much busier as said. */
  lease(weight: number): Lease<Question, Answer> {
    const thread = this.leastBusy()
    thread.open += weight
    return {
      ask: (question) => thread.ask(question),
      end: () => {
        thread.open -= weight
      },
    }
  }

  #another(): Thread<Question, Answer> | undefined {
    return this.#all.length < usualJobs() ? this.#started() : undefined
  }

  /** Returns a new thread; undefined if the system refuses one, now or a moment ago. */
  #started(): Thread<Question, Answer> | undefined {
    if (this.#refusal !== undefined && performance.now() - this.#refusal.at < PATIENCE) return undefined
    try {
      const thread: Thread<Question, Answer> = new Thread({ program: this.#program, data: this.#data() }, () => {
        const at = this.#all.indexOf(thread)
        if (at >= 0) this.#all.splice(at, 1)
      })
      this.#all.push(thread)
      this.#refusal = undefined
      return thread
    } catch (error) {
      this.#refusal = { at: performance.now(), error }
      return undefined
    }
  }
}

/** Size of a thread's young generation in MB. A small one is enough, since its data lies outside the heap. */
const YOUNG = 2

/** A thread, and the waiters for its answers. It keeps the process alive only while there are any. */
class Thread<Question, Answer> {
  /** How much work was given to it and is not done. */
  open = 0
  readonly #worker: Worker
  /** Answers come in the order of the questions. */
  readonly #waiting: Waiting<Answer>[] = []
  #failure: unknown

  constructor({ program, data }: { program: string; data: unknown }, onEnd: () => void) {
    this.#worker = startWorker(program, { workerData: data, resourceLimits: { maxYoungGenerationSizeMb: YOUNG } })
    this.#worker.unref()
    this.#worker.on('message', (answer: Answer) => {
      const next = this.#waiting.shift()
      if (this.#waiting.length === 0) this.#worker.unref()
      next?.resolve(answer)
    })
    const fail = (error: unknown) => {
      this.#failure ??= threadFailure(error)
      onEnd()
      for (const { reject } of this.#waiting.splice(0)) reject(this.#failure)
    }
    this.#worker.on('error', fail)
    this.#worker.on('exit', () => fail(new ImageError('INTERNAL', 'a thread ended')))
  }

  ask(question: Question, transfer: readonly TransferListItem[] = []): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure)
      this.#waiting.push({ resolve, reject })
      this.#worker.ref()
      this.#worker.postMessage(question, transfer)
    })
  }
}

/** Starts a thread of the program at a URL. @throws ImageError SYSTEM if the system has no more */
export function startWorker(program: string, options: WorkerOptions): Worker {
  try {
    // Node's own options belong to the program that was started: --input-type, for example, does not fit our threads.
    return new Worker(new URL(program), { ...options, execArgv: [] })
  } catch (error) {
    throw threadFailure(error)
  }
}

/** Returns the failure that ended a thread. It is not a bug if the system lacks room for the thread's needs. */
export function threadFailure(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const isUnborn = 'code' in error && error.code === 'ERR_WORKER_INIT_FAILED'
  if (error.message.includes('EMFILE') && (isUnborn || isSystemError(error))) return noThread(FILES, error)
  if (isUnborn) return noThread(THREADS, error)
  // Neither failure of WebAssembly's memory has a code; V8 reserves 8 GiB of addresses for each memory.
  const isWasm = error instanceof RangeError && error.message.startsWith('WebAssembly.')
  return isWasm ? noThread(ADDRESSES, error) : error
}

interface Shortage {
  problem: string
  hint: string
}

const FILES: Shortage = {
  problem: 'a thread cannot be started: too many open files',
  hint: 'raise the limit on open files: ulimit -n 1024',
}

const THREADS: Shortage = {
  problem: 'a thread cannot be started: the system allows no more',
  hint: 'raise the limit on processes and threads (ulimit -u; the pids limit of a container)',
}

const ADDRESSES: Shortage = {
  problem: 'the address space has no room for WebAssembly',
  hint: 'raise the limit on address space (ulimit -v unlimited), or make gzip with --compressor zlib',
}

function noThread({ problem, hint }: Shortage, cause: Error): ImageError {
  return new ImageError('SYSTEM', problem, { hint, cause })
}
