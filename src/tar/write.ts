import { type Bytes, CHUNK, single } from '../bytes/bytes.js'
import { TAR_BLOCK } from '../bytes/tarChecksum.js'
import { ImageError } from '../spec/errors.js'
import { encodeHeader, headerLength, type TarHeader } from './encode.js'
import { padding } from './numbers.js'

/** An entry to write to an archive. */
export interface TarSource extends TarHeader {
  /**
   * For a file: returns its content of exactly `size` bytes, for this offset in the archive. It may be called again.
   */
  content?: (at: number) => Bytes
}

/** Returns size and content of a file in memory. */
export function inMemory(bytes: Buffer): { size: number; content: () => Bytes } {
  return { size: bytes.length, content: () => single(bytes) }
}

/** The end of an archive: two zero blocks, without padding to larger records, as in Go. */
export const END = Buffer.alloc(2 * TAR_BLOCK)

/** Returns the length of an entry in an archive. */
function entryLength(entry: TarSource): number {
  return headerLength(entry) + entry.size + padding(entry.size)
}

/**
 * Returns the bytes of entries in sequence, without the end of the archive.
 * @param at offset in the archive
 * @throws ImageError INTEGRITY if a content does not have its entry's size
 */
export async function* writeTar(entries: Iterable<TarSource>, at = 0): Bytes {
  let position = at
  for (const entry of entries) {
    yield encodeHeader(entry)
    let found = 0
    if (entry.content !== undefined) {
      for await (const chunk of entry.content(position + headerLength(entry))) {
        found += chunk.length
        if (found > entry.size) break
        yield chunk
      }
    }
    if (found !== entry.size) {
      throw new ImageError('INTEGRITY', 'size differs', { where: entry.path, expected: entry.size, found })
    }
    if (padding(found) > 0) yield Buffer.alloc(padding(found))
    position += entryLength(entry)
  }
}

/** Returns the bytes of an archive with these entries. */
export async function* wholeTar(entries: Iterable<TarSource>): Bytes {
  yield* writeTar(entries)
  yield END
}

/** Neighbouring entries of an archive, written in one go. */
export interface Run {
  /** Start in the archive, in bytes. */
  offset: number
  /** Length in bytes. */
  length: number
  entries: TarSource[]
}

/** Size of a run, unless a single entry is larger: small entries are not worth a job each. */
const RUN = 4 * CHUNK

/** Cuts an archive into runs that can be written in parallel; returns them and its length without the end. */
export function runsOf(entries: readonly TarSource[]): { runs: Run[]; length: number } {
  const runs: Run[] = []
  let length = 0
  let run: Run | undefined
  for (const entry of entries) {
    if (run === undefined || run.length >= RUN || entry.size >= RUN) {
      run = { offset: length, length: 0, entries: [] }
      runs.push(run)
    }
    run.entries.push(entry)
    run.length += entryLength(entry)
    length += entryLength(entry)
  }
  return { runs, length }
}
