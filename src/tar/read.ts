import { type Bytes, single } from '../bytes/bytes.js'
import { Cursor } from '../bytes/cursor.js'
import { isZero, TAR_BLOCK } from '../bytes/tarChecksum.js'
import { during, ImageError } from '../spec/errors.js'
import type { Ending } from './ending.js'
import { storedSize, type TarEntry } from './entry.js'
import { HeaderReader } from './headers.js'
import { padding } from './numbers.js'
import { expanded } from './sparse.js'
import type { Header } from './sparseEntry.js'

/** An entry, with its content while it passes. */
export interface PassingEntry {
  entry: TarEntry
  /** Readable until the next entry is requested, which skips the rest. */
  content: Bytes
}

/**
 * Reads a tar archive as it arrives, entry by entry, and then the rest of the input.
 * @throws ImageError FORMAT if it is not a tar or ends within an entry
 */
export async function* readTar(bytes: Bytes): AsyncGenerator<PassingEntry, Ending> {
  const cursor = new Cursor(bytes)
  const headers = new HeaderReader()
  try {
    for (;;) {
      const at = cursor.position
      const block = await nextBlock(cursor)
      if (block.length === 0) {
        located(at, () => headers.end())
        return { marked: false, followed: false }
      }
      const isEmpty = block.length === TAR_BLOCK && isZero(block)
      if (isEmpty ? isEnd(EMPTY, await cursor.read(TAR_BLOCK), at) : isEnd(block, undefined, at)) {
        located(at, () => headers.end())
        return { marked: true, followed: await hasMore(cursor) }
      }
      const entry = await entryOf(
        located(at, () => headers.read(block)),
        { cursor, headers, at },
      )
      if (entry !== undefined) yield* withContent(cursor, entry)
    }
  } finally {
    await cursor.close()
  }
}

/**
 * Returns the entry of a header after reading its extensions; undefined if the header is an extension for later
 * entries.
 */
async function entryOf(
  header: Header | undefined,
  { cursor, headers, at }: { cursor: Cursor; headers: HeaderReader; at: number },
): Promise<TarEntry | undefined> {
  let next = header
  // A loop, not recursion: a map may be as long as the archive.
  while (next?.kind === 'extension') {
    const { type, size }: { type: string; size: number } = next
    const body = await extensionBody(cursor, size, at)
    next = located(at, () => headers.extend(type, body))
  }
  return next?.entry
}

/** Returns a block, or fewer bytes at the end. It is synchronous if the block is here already. */
function nextBlock(cursor: Cursor): Uint8Array | Promise<Uint8Array> {
  return cursor.readHere(TAR_BLOCK) ?? cursor.read(TAR_BLOCK)
}

const EMPTY = new Uint8Array(TAR_BLOCK)

/** The content of an empty entry. */
const NOTHING: Bytes = single(new Uint8Array(0))

/** True at the end of an archive: two zero blocks, or one at the end of the input. */
export function isEnd(block: Uint8Array, next: Uint8Array | undefined, at: number): boolean {
  if (block.length < TAR_BLOCK) throw endsEarly('a tar header', { expected: TAR_BLOCK, found: block.length })
  if (next === undefined) return false
  if (isZero(next)) return true
  throw new ImageError('FORMAT', `not a tar archive: a lone zero block at byte ${at}`)
}

/** Runs the reading of the header at this byte, and adds its position to a failure. */
export function located<T>(at: number, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw during(`tar header at byte ${at}`, error)
  }
}

/** Returns the failure for an archive that was cut off. */
export function endsEarly(within: string, sizes: { expected: number; found: number }): ImageError {
  return new ImageError('FORMAT', `the archive ends within ${within}`, {
    ...sizes,
    hint: 'it was cut off: save or copy it again',
  })
}

/** Reads to the end of the input; true if it had anything but zeros. */
async function hasMore(cursor: Cursor): Promise<boolean> {
  let found = false
  for await (const chunk of cursor.pass(Number.POSITIVE_INFINITY)) found ||= !isZero(chunk)
  return found
}

async function extensionBody(cursor: Cursor, size: number, at: number): Promise<Uint8Array> {
  const body = Buffer.from(await cursor.read(size))
  if (body.length < size) throw endsEarly(`the tar header at byte ${at}`, { expected: size, found: body.length })
  await cursor.skip(padding(size))
  return body
}

/** Yields the entry with its content. Empty entries skip the async path: there may be a million directories. */
function withContent(cursor: Cursor, entry: TarEntry): Iterable<PassingEntry> | AsyncIterable<PassingEntry> {
  return entry.size === 0 && storedSize(entry) === 0 ? [{ entry, content: NOTHING }] : passing(cursor, entry)
}

async function* passing(cursor: Cursor, entry: TarEntry): AsyncGenerator<PassingEntry> {
  const start = cursor.position
  const stored = storedSize(entry)
  const content = whole(cursor, entry)
  yield { entry, content: entry.sparse === undefined ? content : expanded(content, entry.sparse, entry.size) }
  const left = stored - (cursor.position - start)
  const skipped = await cursor.skip(left)
  if (skipped < left) throw endsEarly(entry.path, { expected: stored, found: stored - left + skipped })
  await cursor.skip(padding(stored))
}

/** Returns content that fails if it ends early, so that no consumer takes a part for the whole. */
async function* whole(cursor: Cursor, entry: TarEntry): Bytes {
  let found = 0
  const stored = storedSize(entry)
  for await (const chunk of cursor.pass(stored)) {
    found += chunk.length
    yield chunk
  }
  if (found < stored) throw endsEarly(entry.path, { expected: stored, found })
}
