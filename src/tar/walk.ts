import type { FileHandle } from 'node:fs/promises'
import { isZero, TAR_BLOCK } from '../bytes/tarChecksum.js'
import type { Ending } from './ending.js'
import { storedSize, type TarEntry } from './entry.js'
import { HeaderReader } from './headers.js'
import { padding } from './numbers.js'
import { endsEarly, isEnd, located } from './read.js'
import type { Header } from './sparseEntry.js'

/** An entry, and the position of its content in the file. */
export interface PlacedEntry extends TarEntry {
  /** Bytes from the start of the file. */
  offset: number
}

/** Bytes of one read: headers of small entries are close together. */
const WINDOW = 64 * 1024

/**
 * Walks from header to header of a tar archive in a file, without reading the content between.
 * @throws ImageError FORMAT if it is not a tar or ends within an entry
 */
export async function* walkTar(file: FileHandle): AsyncGenerator<PlacedEntry, Ending> {
  const window = new Window(file)
  const headers = new HeaderReader()
  const { size: end } = await file.stat()
  for (let at = 0; at < end; ) {
    const block = await window.block(at)
    if (isEnd(block, isZero(block) ? await window.read(at + TAR_BLOCK, TAR_BLOCK) : undefined, at)) {
      located(at, () => headers.end())
      return { marked: true, followed: await window.hasContent(at + TAR_BLOCK, end) }
    }
    const start = at
    let header: Header | undefined = located(start, () => headers.read(block))
    let offset = at + TAR_BLOCK
    while (header?.kind === 'extension') {
      const { type, size }: { type: string; size: number } = header
      if (offset + size > end)
        throw endsEarly(`the tar header at byte ${start}`, { expected: size, found: end - offset })
      const body = await window.read(offset, size)
      header = located(start, () => headers.extend(type, body))
      offset += size + padding(size)
    }
    at = offset
    if (header === undefined) continue
    const size = storedSize(header.entry)
    if (offset + size > end) throw endsEarly(header.entry.path, { expected: size, found: end - offset })
    yield placed(header.entry, offset)
    at = offset + size + padding(size)
  }
  located(end, () => headers.end())
  return { marked: false, followed: false }
}

/** Returns most entries with only four fields, to save memory: there may be many. */
function placed(entry: TarEntry, offset: number): PlacedEntry {
  const { path, type, size, linkTarget, unknownType, sparse } = entry
  const isPlain = linkTarget === undefined && unknownType === undefined && sparse === undefined
  return isPlain ? { path, type, size, offset } : { ...entry, offset }
}

/** Reads pieces of a file through a window; neighbours cost one read. */
class Window {
  readonly #file: FileHandle
  readonly #bytes = Buffer.alloc(WINDOW)
  #start = 0
  #length = 0

  constructor(file: FileHandle) {
    this.#file = file
  }

  /**
   * Returns a block, or fewer bytes at the end of the file; valid until the next call. It is synchronous if the block
   * is in the window.
   */
  block(position: number): Buffer | Promise<Buffer> {
    const from = position - this.#start
    const isHere = from >= 0 && from + TAR_BLOCK <= this.#length
    return isHere ? this.#bytes.subarray(from, from + TAR_BLOCK) : this.read(position, TAR_BLOCK)
  }

  /** Returns `length` bytes from `position` on, in memory of their own; fewer at the end of the file. */
  async read(position: number, length: number): Promise<Buffer> {
    if (length > WINDOW) return this.#load(Buffer.alloc(length), position)
    if (position < this.#start || position + length > this.#start + this.#length) {
      this.#length = (await this.#load(this.#bytes, position)).length
      this.#start = position
    }
    return Buffer.from(
      this.#bytes.subarray(position - this.#start, Math.min(position - this.#start + length, this.#length)),
    )
  }

  /** True if anything but zeros follows up to the end of the file. */
  async hasContent(position: number, end: number): Promise<boolean> {
    for (let at = position; at < end; at += WINDOW) {
      if (!isZero(await this.read(at, Math.min(WINDOW, end - at)))) return true
    }
    return false
  }

  async #load(buffer: Buffer, position: number): Promise<Buffer> {
    let filled = 0
    while (filled < buffer.length) {
      const { bytesRead } = await this.#file.read(buffer, filled, buffer.length - filled, position + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return buffer.subarray(0, filled)
  }
}
