import { brotliDecompressSync } from 'node:zlib'
import { WASM } from '../generated/zstd.js'

/** A block is at most this large (RFC 8878, 3.1.1.2.4), so zstd has nothing to do before there is as much. */
const STEP = 128 * 1024

/** Memory for what is decompressed, in one go. */
const ROOM = 8 * STEP

/** Compresses a block to a frame; returns undefined if it was to stop, which it asks between two steps. */
type Compress = (block: Uint8Array, level: number, isStopped: () => boolean) => Uint8Array<ArrayBuffer> | undefined

/** Makes a compressor with memory of its own, which only the garbage collector takes back. */
export function compressor(): Compress {
  const library = new Library()
  const { calls, input, output } = library
  return (block, level, isStopped) => {
    library.done(calls.beginCompressing(level))
    const [from, to] = [input.of(STEP), output.of(calls.boundOf(block.length))]
    let length = 0
    for (let at = 0; at < block.length; at += STEP) {
      if (isStopped()) return undefined
      const part = block.subarray(at, at + STEP)
      library.bytes().set(part, from)
      library.done(calls.compress(from, part.length, to + length, output.size - length))
      length += calls.getMade()
    }
    if (library.done(calls.endCompressing(to + length, output.size - length)) !== 0) throw new ZstdError(TOO_LONG, 70)
    return library.bytes().slice(to, to + length + calls.getMade())
  }
}

/** Decompresses frame after frame, with memory of its own, which only the garbage collector takes back. */
export class Decompressor {
  #library = new Library()
  #isBetweenFrames = true

  /** How much memory it takes, in bytes: of the largest window that it has met. */
  get size(): number {
    return this.#library.bytes().length
  }

  /** False within a frame. */
  get isBetweenFrames(): boolean {
    return this.#isBetweenFrames
  }

  /** Forgets what was begun. */
  begin(): void {
    this.#library.done(this.#library.calls.beginDecompressing())
    this.#isBetweenFrames = true
  }

  /**
   * Returns the output for the next bytes.
   * @throws {ZstdError}
   */
  *decompress(bytes: Uint8Array): Generator<Uint8Array<ArrayBuffer>> {
    const { calls, input, output } = this.#library
    const [from, to] = [input.of(bytes.length), output.of(ROOM)]
    this.#library.bytes().set(bytes, from)
    let at = 0
    let made = 0
    // A full room may have left something behind, though not of a frame that has ended.
    while (at < bytes.length || (made === ROOM && !this.#isBetweenFrames)) {
      const left = this.#library.done(calls.decompress(from + at, bytes.length - at, to, ROOM))
      this.#isBetweenFrames = left === 0
      at += calls.getUsed()
      made = calls.getMade()
      if (made > 0) yield this.#library.bytes().slice(to, to + made)
    }
  }
}

/** The number of zstd's version, as it writes it. */
export function versionOfLibrary(): string {
  const number = new Library().calls.getVersion()
  return [Math.floor(number / 10_000), Math.floor(number / 100) % 100, number % 100].join('.')
}

/** Thrown when zstd fails; `code` is the number that it has for the reason (zstd_errors.h). */
export class ZstdError extends Error {
  readonly code: number

  constructor(message: string, code: number) {
    super(message)
    this.code = code
  }
}

let compiled: WebAssembly.Module | undefined

/** The C library would write what it dies of; here it has nowhere to write to. */
const NO_SYSTEM = { fd_close: failing, fd_seek: failing, fd_write: failing }

function failing(): number {
  return 8
}

/** The exports of library.c. A call that returns a code may fail. */
interface Calls {
  memory: WebAssembly.Memory
  allocate(size: number): number
  giveBack(address: number): void
  getVersion(): number
  /** Returns the bytes that the last call read. */
  getUsed(): number
  /** Returns the bytes that the last call wrote. */
  getMade(): number
  failureOf(code: number): number
  nameOf(code: number): number
  beginCompressing(level: number): number
  boundOf(size: number): number
  compress(from: number, size: number, to: number, room: number): number
  endCompressing(to: number, room: number): number
  beginDecompressing(): number
  decompress(from: number, size: number, to: number, room: number): number
}

class Library {
  readonly calls: Calls
  readonly input: Memory
  readonly output: Memory

  constructor() {
    compiled ??= new WebAssembly.Module(brotliDecompressSync(Buffer.from(WASM, 'base64')))
    this.calls = new WebAssembly.Instance<Calls>(compiled, { wasi_snapshot_preview1: NO_SYSTEM }).exports
    this.input = new Memory(this.calls)
    this.output = new Memory(this.calls)
  }

  /** All memory as it is now: it grows, and then the bytes are others. */
  bytes(): Uint8Array {
    return new Uint8Array(this.calls.memory.buffer)
  }

  /** The code that a call returned. @throws {ZstdError} if that is a failure */
  done(code: number): number {
    const failure = this.calls.failureOf(code)
    if (failure === 0) return code
    const name = this.calls.nameOf(code)
    const bytes = this.bytes()
    throw new ZstdError(Buffer.from(bytes.subarray(name, bytes.indexOf(0, name))).toString(), failure)
  }
}

/** Memory that the library is handed, as large as it was needed so far. */
class Memory {
  readonly #calls: Calls
  #address = 0
  size = 0

  constructor(calls: Calls) {
    this.#calls = calls
  }

  /** Its address. What it held is gone if it had to grow. */
  of(size: number): number {
    if (size <= this.size) return this.#address
    this.#calls.giveBack(this.#address)
    this.#address = this.#calls.allocate(size)
    this.size = this.#address === 0 ? 0 : size
    if (this.#address === 0) throw new ZstdError('Allocation error : not enough memory', OUT_OF_MEMORY)
    return this.#address
  }
}

const OUT_OF_MEMORY = 64

const TOO_LONG = 'Destination buffer is too small'
