import { fstatSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { type Bytes, CHUNK } from '../bytes/bytes.js'
import { fromReadable } from '../bytes/fromReadable.js'
import { readFifo } from '../io/fifo.js'
import { attempt, ImageError } from '../spec/errors.js'

/** An open file, or standard input, with a new layer. */
export interface TarFile extends AsyncDisposable {
  /** For messages and progress. */
  name: string
  /** Bytes; 0 for a pipe. */
  size: number
  read(signal?: AbortSignal): Bytes
}

/** Opens the file of a new layer; `-` is standard input. @throws ImageError USAGE for a directory; NOT_FOUND, SYSTEM */
export async function openTar(path: string): Promise<TarFile> {
  if (path === '-') return standardInput()
  if (statSync(path, { throwIfNoEntry: false })?.isFIFO() === true) return namedPipe(path)
  const file = await attempt(`open ${path}`, () => open(path))
  const found = fstatSync(file.fd)
  const close = () => file.close()
  if (found.isDirectory()) {
    await close()
    throw new ImageError('USAGE', 'the new layer is a directory', { where: path, expected: 'a tar' })
  }
  const size = found.isFile() ? found.size : 0
  const read = () => file.createReadStream({ autoClose: false, highWaterMark: CHUNK })
  return { name: path, size, read, [Symbol.asyncDispose]: close }
}

/** Returns a named pipe; neither the wait for a writer nor a slow one blocks a thread, which nobody could end. */
function namedPipe(path: string): TarFile {
  return {
    name: path,
    size: 0,
    read: (signal) => readFifo(path, signal),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

function standardInput(): TarFile {
  if (process.stdin.isTTY) throw new ImageError('USAGE', 'a layer cannot be read from a terminal')
  return {
    name: 'standard input',
    size: 0,
    read: (signal) => fromReadable(process.stdin, signal),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
