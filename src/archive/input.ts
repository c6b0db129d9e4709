import { createReadStream } from 'node:fs'
import { type FileHandle, open, readdir, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { abortable } from '../bytes/abortable.js'
import { type Bytes, CHUNK } from '../bytes/bytes.js'
import { flowing } from '../bytes/flowing.js'
import { HEAD, type Looks, looksLike, sniff } from '../bytes/sniff.js'
import { attempt, ImageError } from '../spec/errors.js'
import { INDEX_FILE } from '../store/layoutFiles.js'
import { Archive, type Contents, type Workshop } from './archive.js'
import { directoryContents } from './directoryDoor.js'
import { fileContents } from './fileDoor.js'
import { streamContents } from './streamDoor.js'
import { MANIFEST_FILE, REPOSITORIES_FILE } from './tables.js'

/** An archive that is known to be there and to be one, not yet looked into. */
export interface Input extends AsyncDisposable {
  /** As the user named it. */
  name: string
  /** Finds what is in it; a stream is taken in whole. */
  read(workshop: Workshop): Promise<Archive>
}

/**
 * Opens what a path names, by what it is: `-` for standard input, a directory, a file that can seek, or anything else
 * as a stream.
 * @throws ImageError NOT_FOUND, FORMAT, UNSUPPORTED; USAGE if standard input is a terminal
 */
export async function openPath(path: string, signal?: AbortSignal): Promise<Input> {
  if (path === '-') return openStream('standard input', standardInput(), signal)
  const found = await attempt('open', () => stat(path))
  if (found.isDirectory()) return openDirectory(path)
  if (found.isFile()) return openFile(path)
  return openStream(path, createReadStream(path, { highWaterMark: CHUNK }), signal)
}

/** Opens an archive that can be read only once, from start to end. The signal ends it even while nothing arrives. */
export async function openStream(name: string, stream: Bytes, signal?: AbortSignal): Promise<Input> {
  const { looks, bytes } = await sniff(stopping(stream, signal))
  assertTar(looks, name)
  return input(name, (workshop) => streamContents(bytes, workshop, { name, warn: workshop.context.warn }))
}

function stopping(stream: Bytes, signal: AbortSignal | undefined): Bytes {
  if (stream instanceof Readable) return flowing(stream, signal)
  return signal === undefined ? stream : abortable(stream, signal)
}

function standardInput(): Bytes {
  if (!process.stdin.isTTY) return process.stdin
  throw new ImageError('USAGE', 'an archive cannot be read from a terminal', {
    hint: 'pipe one in: docker save IMAGE | transload convert - DESTINATION',
  })
}

async function openDirectory(path: string): Promise<Input> {
  const names = await readdir(path)
  if (!names.some((name) => name === MANIFEST_FILE || name === INDEX_FILE || name === REPOSITORIES_FILE)) {
    throw new ImageError('NOT_FOUND', 'neither an unpacked archive nor an OCI layout', {
      where: path,
      expected: `${MANIFEST_FILE} or ${INDEX_FILE} in the directory`,
      found: names.length === 0 ? 'nothing' : names.slice(0, 5).join(', '),
    })
  }
  return input(path, () => directoryContents(path))
}

async function openFile(path: string): Promise<Input> {
  const file = await attempt('open', () => open(path))
  try {
    assertTar(await looksOf(file), path)
  } catch (error) {
    await file.close()
    throw error
  }
  const close = () => file.close()
  return input(path, ({ context }) => fileContents(file, { name: path, warn: context.warn }), close)
}

function input(name: string, find: (workshop: Workshop) => Promise<Contents>, close = async () => {}): Input {
  return {
    name,
    read: async (workshop) => new Archive(name, await find(workshop), workshop),
    [Symbol.asyncDispose]: close,
  }
}

async function looksOf(file: FileHandle): Promise<Looks> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0)
  return looksLike(buffer.subarray(0, bytesRead))
}

function assertTar(looks: Looks, where: string): void {
  if (looks === 'tar') return
  if (looks === 'empty')
    throw new ImageError('FORMAT', 'the archive is empty', { where, expected: 'a tar archive', found: '0 bytes' })
  const unpack = UNPACK[looks]
  if (unpack === undefined) {
    throw new ImageError('FORMAT', 'not a tar archive', {
      where,
      expected: 'a tar header',
      found: FOUND[looks] ?? 'something else',
    })
  }
  throw new ImageError('UNSUPPORTED', `archives compressed with ${looks} as a whole are not read yet`, {
    where,
    hint: `decompress it on the way: ${unpack} < ARCHIVE | transload convert - DESTINATION`,
  })
}

const UNPACK: Partial<Record<Looks, string>> = { gzip: 'gzip -dc', zstd: 'zstd -dc', xz: 'xz -dc', bzip2: 'bzip2 -dc' }
const FOUND: Partial<Record<Looks, string>> = { json: 'JSON' }
