import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import type { Bytes } from '../bytes/bytes.js'
import { ImageError } from '../spec/errors.js'
import { startWorker, threadFailure } from '../threads/threads.js'

/** The data that the thread is started with. */
export interface UnpackData {
  packing: 'xz' | 'bzip2'
  port: MessagePort
  /** Not 0 once its question is answered. */
  answered: Int32Array
}

/** A question of the thread. */
export type UnpackQuestion =
  | { kind: 'input' }
  | { kind: 'output'; bytes: Uint8Array }
  | { kind: 'end' }
  | { kind: 'error'; message: string }

/**
 * Decompresses in a separate thread, which ends with the bytes.
 * @throws ImageError FORMAT if the data is damaged or ends early
 */
export async function* unpackedInThread(bytes: Bytes, packing: 'xz' | 'bzip2'): Bytes {
  const source = bytes[Symbol.asyncIterator]()
  const { PROGRAM } = await import('../generated/unpackProgram.js')
  const thread = new UnpackThread(PROGRAM, packing)
  try {
    for (;;) {
      const question = await thread.question()
      if (question.kind === 'input') {
        thread.answer(await nextOf(source))
      } else if (question.kind === 'output') {
        yield question.bytes
        thread.answer(undefined)
      } else if (question.kind === 'end') {
        return
      } else {
        throw new ImageError('FORMAT', `${packing} data is damaged: ${question.message}`)
      }
    }
  } finally {
    thread.end()
    await source.return?.()
  }
}

/** Returns a copy of the next chunk that is not empty; undefined at the end. */
async function nextOf(source: AsyncIterator<Uint8Array>): Promise<Uint8Array<ArrayBuffer> | undefined> {
  let next = await source.next()
  while (!next.done && next.value.length === 0) next = await source.next()
  return next.done ? undefined : Uint8Array.from(next.value)
}

class UnpackThread {
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #answered = new Int32Array(new SharedArrayBuffer(4))
  /** Questions that nobody has waited for yet: one at most, since the thread waits for its answer. */
  #asked: UnpackQuestion | undefined
  #failure: unknown
  #wake = () => {}

  constructor(program: string, packing: 'xz' | 'bzip2') {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#worker = startWorker(program, {
      workerData: { packing, port: port2, answered: this.#answered },
      transferList: [port2],
    })
    port1.on('message', (question: UnpackQuestion) => {
      this.#asked = question
      this.#wake()
    })
    const fail = (error: unknown) => {
      this.#failure ??= threadFailure(error)
      this.#wake()
    }
    this.#worker.on('error', fail)
    this.#worker.on('exit', () => fail(new ImageError('INTERNAL', 'the decompressing thread ended')))
    this.#release()
  }

  /** Returns the thread's next question. The process lives on only while somebody waits here. */
  async question(): Promise<UnpackQuestion> {
    this.#worker.ref()
    this.#port.ref()
    try {
      while (this.#asked === undefined) {
        if (this.#failure !== undefined) throw this.#failure
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
      const asked = this.#asked
      this.#asked = undefined
      return asked
    } finally {
      this.#release()
    }
  }

  answer(bytes: Uint8Array<ArrayBuffer> | undefined): void {
    this.#port.postMessage(bytes, bytes === undefined ? [] : [bytes.buffer])
    Atomics.store(this.#answered, 0, 1)
    Atomics.notify(this.#answered, 0)
  }

  end(): void {
    this.#port.close()
    void this.#worker.terminate()
  }

  #release(): void {
    this.#worker.unref()
    this.#port.unref()
  }
}
