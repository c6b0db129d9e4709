import { Socket } from 'node:net'
import type { Bytes } from '../bytes/bytes.js'
import { giveBlock, takeBlock } from '../threads/blockPool.js'

/**
 * Returns the bytes of an open pipe or socket. They arrive in a block of shared memory while the reader uses the
 * previous one. The signal ends the wait at once, even while nothing arrives; it could not end a blocked thread.
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
  /** Receives and keeps arriving bytes. */
  #block: Uint8Array
  /** The reader may have a chunk of it. */
  #other: Uint8Array
  #filled = 0
  #taken = 0
  #isOver = false
  #failure: unknown
  #wake = () => {}

  constructor(fd: number) {
    const onread = { buffer: () => this.#room(), callback: (size: number) => this.#arrived(size) }
    // Node's types have `onread` only for connecting a socket.
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

  /** Returns the next chunk, valid until the one after it is requested; undefined at the end. */
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

  /** Ends the stream. Waiting bytes are dropped. */
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

  /** Returns the space for the next bytes. Nothing uses the other block while the socket reads. */
  #room(): Uint8Array {
    return this.#isFull() ? this.#other : this.#block.subarray(this.#filled)
  }

  /** Notes arrived bytes; returns false to stop reading. */
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
