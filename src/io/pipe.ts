import { Socket } from 'node:net'
import type { Bytes } from '../bytes/bytes.js'
import { giveBlock, takeBlock } from '../threads/blockPool.js'

/**
 * What comes out of a pipe or a socket that is open under a descriptor. It goes straight into a block of shared memory
 * while whoever reads is at the one before. The signal ends it at once, also while nothing arrives, which a reading
 * thread that waits could not be.
 */
export async function* readPipe(fd: number, signal?: AbortSignal): Bytes {
  signal?.throwIfAborted()
  const pipe = new Pipe(fd)
  const abort = () => pipe.abort(signal?.reason)
  signal?.addEventListener('abort', abort)
  try {
    for (let chunk = await pipe.next(); chunk !== undefined; chunk = await pipe.next()) yield chunk
  } finally {
    signal?.removeEventListener('abort', abort)
    pipe.close()
  }
}

class Pipe {
  readonly #socket: Socket
  /** What arrives goes here, and waits here. */
  #block: Uint8Array
  /** Whoever reads may have a chunk of it. */
  #other: Uint8Array
  #filled = 0
  #taken = 0
  #isOver = false
  #failure: unknown
  #wake = () => {}

  constructor(fd: number) {
    const onread = { buffer: () => this.#room(), callback: (size: number) => this.#arrived(size) }
    // Node's types have `onread` only where a socket is connected.
    const options = { fd, readable: true, writable: false, onread }
    this.#block = takeBlock()
    this.#other = takeBlock()
    try {
      this.#socket = new Socket(options)
    } catch (error) {
      this.#giveBlocks()
      throw error
    }
    this.#socket.on('error', (error) => this.#end(error)).on('end', () => this.#end(undefined))
  }

  /** The next chunk, valid until the one after it is asked for; undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    while (this.#taken === this.#filled && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    if (this.#taken === this.#filled) {
      if (this.#failure !== undefined) throw this.#failure
      return undefined
    }
    const chunk = this.#block.subarray(this.#taken, this.#filled)
    this.#taken = this.#filled
    if (this.#isFull()) this.#turn()
    return chunk
  }

  /** Nothing more comes, and what waits is not given out. */
  abort(reason: unknown): void {
    this.#socket.destroy()
    this.#taken = this.#filled
    this.#end(reason)
  }

  close(): void {
    this.#socket.destroy()
    this.#giveBlocks()
  }

  #giveBlocks(): void {
    giveBlock(this.#block)
    giveBlock(this.#other)
  }

  #isFull(): boolean {
    return this.#filled === this.#block.length
  }

  /** Where the next bytes go. Of the other block nobody makes use while reading goes on. */
  #room(): Uint8Array {
    return this.#isFull() ? this.#other : this.#block.subarray(this.#filled)
  }

  /** Reading stops when it returns false. */
  #arrived(size: number): boolean {
    this.#filled += size
    this.#wake()
    return !this.#isFull()
  }

  #turn(): void {
    ;[this.#block, this.#other] = [this.#other, this.#block]
    this.#filled = 0
    this.#taken = 0
    this.#socket.resume()
  }

  #end(failure: unknown): void {
    this.#failure ??= failure
    this.#isOver = true
    this.#wake()
  }
}
