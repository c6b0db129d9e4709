import { type Bytes, CHUNK, single } from '../bytes/bytes.js'
import { TAR_BLOCK } from '../bytes/tarChecksum.js'
import { ImageError } from '../spec/errors.js'
import { encodeHeader, headerLength, type TarHeader } from './encode.js'
import { padding } from './numbers.js'

/** An entry of an archive that is to be written. */
export interface TarSource extends TarHeader {
  /** Of a file: its content, of exactly `size` bytes, and where in the archive it is to be. May be asked for again. */
  content?: (at: number) => Bytes
}

/** Size and content of a file whose bytes are in memory. */
export function inMemory(bytes: Buffer): { size: number; content: () => Bytes } {
  return { size: bytes.length, content: () => single(bytes) }
}

/** What ends an archive: two blocks of zeros, and no padding to larger records, as Go has it. */
export const END = Buffer.alloc(2 * TAR_BLOCK)

/** How many bytes an entry takes in an archive. */
function entryLength(entry: TarSource): number {
  return headerLength(entry) + entry.size + padding(entry.size)
}

/**
 * The bytes of entries, one after the other, without the end of the archive.
 * @param at where in the archive they are to be
 * @throws ImageError INTEGRITY if a content is not as long as its entry says
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

/** The bytes of an archive with these entries. */
export async function* wholeTar(entries: Iterable<TarSource>): Bytes {
  yield* writeTar(entries)
  yield END
}

/** Neighbours in an archive, written in one go. */
export interface Run {
  /** Where in the archive it starts, in bytes. */
  offset: number
  /** How long it is, in bytes. */
  length: number
  entries: TarSource[]
}

/** So much goes into one run, unless a single entry has more: small entries are not worth a job each. */
const RUN = 4 * CHUNK

/** Cuts an archive into runs that can be written side by side; says how long it is, without its end. */
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
