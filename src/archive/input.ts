import { createReadStream, fstatSync, type Stats } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { isMainThread } from 'node:worker_threads'
import { type Bytes, CHUNK } from '../bytes/bytes.js'
import { fromReadable } from '../bytes/fromReadable.js'
import { HEAD, looksLike, type Sniffed, sniff } from '../bytes/sniff.js'
import { withStickyError } from '../bytes/stickyError.js'
import { decompress, isPacked } from '../compression/codecs.js'
import type { OnRest, Rest } from '../compression/gunzip.js'
import { type ByteSource, callerBytes } from '../io/callerBytes.js'
import { readFifo } from '../io/fifo.js'
import { readPipe } from '../io/pipe.js'
import { readRange } from '../io/range.js'
import type { Packing } from '../spec/compression.js'
import { attempt, CallerError, ImageError, isSystemError } from '../spec/errors.js'
import { INDEX_FILE } from '../store/layout/layoutNames.js'
import { Archive, type Contents } from './archive.js'
import { assertNotCut } from './cutOff.js'
import { directoryContents, pathsBelow } from './directoryDoor.js'
import { fileContents } from './fileDoor.js'
import { isTable, MANIFEST_FILE } from './fileNames.js'
import { formWarnings } from './formWarnings.js'
import { notATar } from './notAnImage.js'
import { rootFolder } from './root.js'
import { type Intake, streamContents } from './streamDoor.js'

/** An archive that exists and looks like one, not yet read. */
export interface Input extends AsyncDisposable {
  /** The name that the user gave. */
  name: string
  /** Compression of the whole archive; undefined if it has none. */
  packing: Packing | undefined
  /** Finds the contents. A stream is read to its end; its files go into the sink of `intake`. */
  read(intake: Intake): Promise<Archive>
}

/**
 * Opens a path by its kind: `-` as standard input, a directory, a regular file, or anything else as a stream.
 * @throws ImageError NOT_FOUND, FORMAT, UNSUPPORTED; USAGE if standard input is a terminal
 */
export async function openPath(path: string, signal?: AbortSignal): Promise<Input> {
  if (path === '-') return openPipe('standard input', standardInput, signal)
  const found = await attempt('open', () => lookAt(path))
  if (found.isDirectory()) return openDirectory(path)
  if (found.isFile()) return openFile(path)
  if (found.isFIFO()) return openPipe(path, (ending) => readFifo(path, ending), signal)
  return openPipe(path, (ending) => fromReadable(createReadStream(path, { highWaterMark: CHUNK }), ending), signal)
}

async function lookAt(path: string): Promise<Stats> {
  try {
    return await stat(path)
  } catch (cause) {
    if (!isSystemError(cause, 'ENOENT', 'ENOTDIR')) throw cause
    throw new ImageError('NOT_FOUND', 'there is no such file or directory', { where: path, cause })
  }
}

/**
 * Opens an archive from a caller's bytes, which are read once, from start to end. The signal stops it even while
 * nothing arrives.
 */
export async function openStream(name: string, source: ByteSource, signal?: AbortSignal): Promise<Input> {
  return openPipe(name, (ending) => callerBytes(source, ending), signal)
}

/** Opens bytes that end on the signal, or on disposal even while their writer waits. */
async function openPipe(name: string, pipe: (ending: AbortSignal) => Bytes, signal?: AbortSignal): Promise<Input> {
  const closing = new AbortController()
  const ending = signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal])
  const bytes = pipe(ending)
  const close = async () => {
    // Returns first: an idle iterator then ends without a failure. The signal stops a read that waits.
    const ended = bytes[Symbol.asyncIterator]().return?.()
    closing.abort()
    await ended
  }
  try {
    return await openPassing(name, await sniff(bytes), close)
  } catch (error) {
    await close()
    throw error
  }
}

/** Opens an archive that arrives as bytes. If it is compressed as a whole, it is decompressed on the way. */
async function openPassing(name: string, { looks, head, bytes }: Sniffed, close?: () => Promise<void>): Promise<Input> {
  if (!isPacked(looks)) {
    if (looks !== 'tar') throw notATar(looks, head, name)
    return input(name, { find: (intake) => streamContents(bytes, intake), close })
  }
  let rest: Rest | undefined
  const onRest: OnRest = (found) => {
    rest = rest === 'junk' ? rest : found
  }
  const inner = await sniff(named(decompress(bytes, looks, onRest), name))
  if (isPacked(inner.looks)) throw packedTwice(name, looks, inner.looks)
  if (inner.looks !== 'tar') throw notATar(inner.looks, inner.head, name)
  return input(name, {
    find: async (intake) => {
      // A layer whose bytes fail may turn out not to be one. If the archive itself failed, the next read fails again.
      const contents = await streamContents(withStickyError(inner.bytes), intake)
      if (rest !== undefined) formWarnings.rest(rest, contents.ending, { name, warn: intake.context.warn })
      return contents
    },
    close,
    packing: looks,
  })
}

/** Adds the archive's name to errors of its compression. */
async function* named(bytes: Bytes, name: string): Bytes {
  try {
    yield* bytes
  } catch (error) {
    if (!(error instanceof ImageError) || error instanceof CallerError || error.where !== undefined) throw error
    const { code, message, hint } = error
    throw new ImageError(code, message, { where: name, ...(hint === undefined ? {} : { hint }), cause: error })
  }
}

function packedTwice(where: string, outer: Packing, inner: Packing): ImageError {
  return new ImageError('UNSUPPORTED', 'the archive is compressed twice', {
    where,
    found: `${inner} within ${outer}`,
    hint: `decompress it once: ${outer} -dc`,
  })
}

function standardInput(signal: AbortSignal): Bytes {
  // Other threads have their own standard input. A reader that has begun on process.stdin has to go on with it.
  if (isMainThread && isPipe(STDIN)) return readPipe(STDIN, signal)
  if (!process.stdin.isTTY) return fromReadable(process.stdin, signal)
  throw new ImageError('USAGE', 'an archive cannot be read from a terminal', {
    hint: 'pipe one in: docker save IMAGE | transload convert - DESTINATION',
  })
}

const STDIN = 0

function isPipe(fd: number): boolean {
  try {
    const found = fstatSync(fd)
    return found.isFIFO() || found.isSocket()
  } catch {
    // The descriptor is closed.
    return false
  }
}

async function openDirectory(path: string): Promise<Input> {
  const names = await readdir(path)
  const below = names.some(isTable) ? [] : await pathsBelow(path)
  if (!names.some(isTable) && rootFolder(() => below, path) === undefined) {
    throw new ImageError('NOT_FOUND', 'neither an unpacked archive nor an OCI layout', {
      where: path,
      expected: `${MANIFEST_FILE} or ${INDEX_FILE} in the directory`,
      found: names.length === 0 ? 'nothing' : names.slice(0, 5).join(', '),
    })
  }
  return input(path, { find: ({ context }) => directoryContents(path, context) })
}

async function openFile(path: string): Promise<Input> {
  const file = await attempt('open', () => open(path))
  const close = () => file.close()
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0)
    const head = buffer.subarray(0, bytesRead)
    const looks = looksLike(head)
    if (looks === 'tar') return input(path, { find: ({ context }) => fileContents(file, context), close })
    const { size } = await file.stat()
    return await openPassing(path, { looks, head, bytes: readRange(file, { offset: 0, length: size }) }, close)
  } catch (error) {
    await file.close()
    throw error
  }
}

interface Way {
  find(intake: Intake): Promise<Contents>
  close?: (() => Promise<void>) | undefined
  packing?: Packing
}

function input(name: string, { find, close = async () => {}, packing }: Way): Input {
  return {
    name,
    packing,
    read: async (intake) => {
      const contents = await find(intake)
      formWarnings.contents(contents, { name, warn: intake.context.warn })
      const archive = new Archive(name, contents, intake.context)
      formWarnings.root(archive.root, { name, warn: intake.context.warn })
      await assertNotCut(archive)
      return archive
    },
    [Symbol.asyncDispose]: close,
  }
}
