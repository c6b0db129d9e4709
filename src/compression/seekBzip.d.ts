/** The parts of the library that we use; it has no types of its own. */
declare module 'seek-bzip' {
  export default class Bunzip {
    readonly reader: { read(bits: number): number }
    readonly streamCRC: number
    constructor(input: Input, output: Output)
    /** Begins a block; false where the stream ends. */
    _init_block(): boolean
    /** Writes the block out. */
    _read_bunzip(): void
    /** Begins another stream. */
    _start_bunzip(input: Input, output: Output): void
  }

  interface Input {
    readByte(): number
    /** Returns how many bytes it read, -1 at the end. */
    read(buffer: Uint8Array, offset: number, length: number): number
  }

  interface Output {
    writeByte(byte: number): void
    flush(): void
  }
}
