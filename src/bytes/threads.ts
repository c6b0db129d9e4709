import { availableParallelism } from 'node:os'
import { type TransferListItem, Worker } from 'node:worker_threads'
import { ImageError } from '../spec/errors.js'

interface Waiting<Answer> {
  resolve: (answer: Answer) => void
  reject: (error: unknown) => void
}

/** Threads that run one program, started as they are needed, at most one a core and at most four. */
export class Threads<Question, Answer> {
  readonly #program: URL
  readonly #all: Thread<Question, Answer>[] = []

  constructor(program: URL) {
    this.#program = program
  }

  /** The thread that has least to do, counted by `open`. */
  leastBusy(): Thread<Question, Answer> {
    const idle = this.#all.find((thread) => thread.open === 0)
    if (idle !== undefined) return idle
    const most = Math.min(availableParallelism(), 4)
    if (this.#all.length < most) return this.#started()
    return this.#all.reduce((least, thread) => (thread.open < least.open ? thread : least))
  }

  /** Asks the thread that has least to do. */
  async ask(question: Question, transfer: readonly TransferListItem[] = []): Promise<Answer> {
    const thread = this.leastBusy()
    thread.open++
    return thread.ask(question, transfer).finally(() => thread.open--)
  }

  #started(): Thread<Question, Answer> {
    const thread: Thread<Question, Answer> = new Thread(this.#program, () => {
      const at = this.#all.indexOf(thread)
      if (at >= 0) this.#all.splice(at, 1)
    })
    this.#all.push(thread)
    return thread
  }
}

/** Of a thread's garbage so many MB may gather: what it works on is not in its heap, so that it needs little. */
const YOUNG = 2

/** One thread, and who waits for its answers. It keeps the process alive only while someone does. */
class Thread<Question, Answer> {
  /** How much was given to it to do and is not done; counted by those who give it. */
  open = 0
  readonly #worker: Worker
  /** Answers come in the order of the questions. */
  readonly #waiting: Waiting<Answer>[] = []
  #failure: unknown

  constructor(program: URL, onEnd: () => void) {
    // Node's own options are those of the program that was started: --input-type, say, is not for ours.
    this.#worker = new Worker(program, { execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: YOUNG } })
    this.#worker.unref()
    this.#worker.on('message', (answer: Answer) => {
      const next = this.#waiting.shift()
      if (this.#waiting.length === 0) this.#worker.unref()
      next?.resolve(answer)
    })
    const fail = (error: unknown) => {
      this.#failure ??= error
      onEnd()
      for (const { reject } of this.#waiting.splice(0)) reject(error)
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
