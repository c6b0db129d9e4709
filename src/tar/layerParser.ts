import { isZero, TAR_BLOCK } from '../bytes/tarChecksum.js'
import { storedSize } from './entry.js'
import { type LayerEntry, type LayerHeader, LayerHeaders } from './layerHeaders.js'
import { padding } from './numbers.js'
import { endsEarly, isEnd, located } from './read.js'

/** Receives the entries of a layer, one after the other. */
export interface EntrySink {
  begin(entry: LayerEntry): void
  /** Takes the next stored bytes of the entry's content; of a sparse file, those of its segments. */
  write(bytes: Uint8Array): void
  /** Ends the entry. */
  end(): void
}

/** What the next bytes are, and how many of them are still to come. */
type State =
  | { part: 'header' }
  | { part: 'second zero block' }
  | { part: 'extension'; type: string; body: Buffer; filled: number; at: number }
  | { part: 'content'; left: number; entry: LayerEntry }
  | { part: 'padding'; left: number }
  | { part: 'after the end' }

/**
 * Parses a layer that is pushed into it, chunk by chunk, without waiting for anything. It reads the same archives as
 * `readTar`, and refuses the same.
 */
export class LayerParser {
  readonly #sink: EntrySink
  readonly #headers = new LayerHeaders()
  /** The header block that is read. A copy of it costs less than a view of each. */
  readonly #block = Buffer.alloc(TAR_BLOCK)
  #filled = 0
  /** Bytes parsed. */
  #position = 0
  #state: State = { part: 'header' }

  constructor(sink: EntrySink) {
    this.#sink = sink
  }

  /** Parses the next bytes; keeps none of their memory. @throws ImageError FORMAT, UNSAFE, UNSUPPORTED */
  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    for (let at = 0; at < bytes.length; ) {
      const taken = this.#take(bytes, at)
      at += taken
      this.#position += taken
    }
  }

  /** Bytes of the entry's content that are to come. */
  get toSkip(): number {
    return this.#state.part === 'content' ? this.#state.left : 0
  }

  /** Ends an entry without the rest of its content; returns its bytes: the next push has to begin after them. */
  skip(): number {
    const state = this.#state
    if (state.part !== 'content') return 0
    this.#position += state.left
    this.#endContent(state.entry)
    return state.left
  }

  /** Ends the layer. @throws ImageError FORMAT if it was cut off */
  end(): void {
    const state = this.#state
    const { part } = state
    if (part === 'content') {
      const expected = storedSize(state.entry)
      throw endsEarly(state.entry.path, { expected, found: expected - state.left })
    }
    if (part === 'extension') {
      throw endsEarly(`the tar header at byte ${state.at}`, { expected: state.body.length, found: state.filled })
    }
    if (part === 'second zero block') isEnd(ZERO_BLOCK, this.#block.subarray(0, this.#filled), this.#position)
    else if (this.#filled > 0) throw endsEarly('a tar header', { expected: TAR_BLOCK, found: this.#filled })
    located(this.#position, () => this.#headers.end())
  }

  /** Parses some bytes from a place on; returns their number, at least 1. */
  #take(chunk: Buffer, at: number): number {
    const state = this.#state
    switch (state.part) {
      case 'content':
        return this.#takeContent(chunk, at, state)
      case 'padding':
        return this.#takePadding(chunk.length - at, state)
      case 'extension':
        return this.#takeExtension(chunk, at, state)
      case 'after the end':
        return chunk.length - at
      case 'header':
      case 'second zero block':
        return this.#takeBlock(chunk, at)
    }
  }

  #takeBlock(chunk: Buffer, at: number): number {
    const taken = Math.min(TAR_BLOCK - this.#filled, chunk.length - at)
    chunk.copy(this.#block, this.#filled, at, at + taken)
    this.#filled += taken
    if (this.#filled < TAR_BLOCK) return taken
    this.#filled = 0
    this.#readBlock(this.#block, this.#position + taken - TAR_BLOCK)
    return taken
  }

  #readBlock(block: Buffer, at: number): void {
    if (this.#state.part === 'second zero block') {
      isEnd(ZERO_BLOCK, block, at - TAR_BLOCK)
      located(at, () => this.#headers.end())
      this.#state = { part: 'after the end' }
    } else if (block[0] === 0 && isZero(block)) this.#state = { part: 'second zero block' }
    else
      this.#follow(
        located(at, () => this.#headers.read(block)),
        at,
      )
  }

  #takeExtension(chunk: Buffer, at: number, state: State & { part: 'extension' }): number {
    const { body } = state
    const taken = Math.min(body.length - state.filled, chunk.length - at)
    chunk.copy(body, state.filled, at, at + taken)
    state.filled += taken
    if (state.filled === body.length) this.#readExtension(state)
    return taken
  }

  #readExtension({ type, body, at }: State & { part: 'extension' }): void {
    const header = located(at, () => this.#headers.extend(type, body))
    const left = padding(body.length)
    // A sparse file's map has whole blocks, so content never waits for padding.
    if (header !== undefined) this.#follow(header, at)
    else this.#state = left === 0 ? { part: 'header' } : { part: 'padding', left }
  }

  #follow(header: LayerHeader, at: number): void {
    if (header.kind === 'entry') this.#begin(header.entry)
    else {
      const { type, size } = header
      this.#state = { part: 'extension', type, body: Buffer.alloc(size), filled: 0, at }
      if (size === 0) this.#readExtension(this.#state)
    }
  }

  #begin(entry: LayerEntry): void {
    this.#sink.begin(entry)
    const left = storedSize(entry)
    this.#state = left === 0 ? { part: 'header' } : { part: 'content', left, entry }
    if (left === 0) this.#sink.end()
  }

  #takeContent(chunk: Buffer, at: number, state: State & { part: 'content' }): number {
    const taken = Math.min(state.left, chunk.length - at)
    this.#sink.write(chunk.subarray(at, at + taken))
    state.left -= taken
    if (state.left === 0) this.#endContent(state.entry)
    return taken
  }

  #endContent(entry: LayerEntry): void {
    const left = padding(storedSize(entry))
    this.#state = left === 0 ? { part: 'header' } : { part: 'padding', left }
    this.#sink.end()
  }

  #takePadding(available: number, state: State & { part: 'padding' }): number {
    const taken = Math.min(state.left, available)
    state.left -= taken
    if (state.left === 0) this.#state = { part: 'header' }
    return taken
  }
}

const ZERO_BLOCK = new Uint8Array(TAR_BLOCK)
