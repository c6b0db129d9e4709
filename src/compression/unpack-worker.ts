// Decompresses xz or bzip2 in a thread of its own: the libraries for it hold their thread up while they work. Input is
// asked for, and output is handed over, one chunk at a time; the thread sleeps until it is answered.
import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import Bunzip from 'seek-bzip'
import xz from 'xz-decompress'
import type { UnpackData, UnpackQuestion } from './unpackThread.js'

const { packing, port, answered }: UnpackData = workerData

/** Ends the work from within a library; its message goes to the thread that asked. */
class DamagedData extends Error {}

/** Output goes in pieces of this size. */
const PIECE = 1024 * 1024

try {
  if (packing === 'xz') await unpackXZ()
  else unpackBzip2()
  ask({ kind: 'end' })
} catch (error) {
  ask({ kind: 'error', message: error instanceof Error ? error.message : String(error) })
}

function ask(question: UnpackQuestion, transfer: readonly ArrayBuffer[] = []): Uint8Array | undefined {
  Atomics.store(answered, 0, 0)
  port.postMessage(question, transfer)
  // The notice of an earlier answer may come late, and wakes for nothing.
  while (Atomics.load(answered, 0) === 0) Atomics.wait(answered, 0, 0)
  return receiveMessageOnPort(port)?.message
}

/** The next chunk of input; undefined at its end. */
function nextInput(): Uint8Array | undefined {
  return ask({ kind: 'input' })
}

function put(bytes: Uint8Array<ArrayBuffer>): void {
  if (bytes.length > 0) ask({ kind: 'output', bytes }, [bytes.buffer])
}

async function unpackXZ(): Promise<void> {
  const input = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const bytes = nextInput()
        if (bytes === undefined) controller.close()
        else controller.enqueue(bytes)
      },
    },
    { highWaterMark: 0 },
  )
  let pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of new xz.XzReadableStream(input)) {
    pieces.push(piece)
    size += piece.length
    if (size < PIECE) continue
    put(concatenated(pieces, size))
    pieces = []
    size = 0
  }
  put(concatenated(pieces, size))
}

function concatenated(pieces: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

function unpackBzip2(): void {
  let chunk: Uint8Array = new Uint8Array(0)
  let at = 0
  let hasEnded = false
  const isMore = () => {
    while (!hasEnded && at === chunk.length) {
      const next = nextInput()
      if (next === undefined) hasEnded = true
      else chunk = next
      at = 0
    }
    return !hasEnded
  }
  const input = {
    readByte: (): number => {
      if (!isMore()) throw new DamagedData('it ends early')
      return chunk[at++] ?? 0
    },
    read: (buffer: Uint8Array, offset: number, length: number) => {
      let done = 0
      while (done < length && isMore()) buffer[offset + done++] = chunk[at++] ?? 0
      return done === 0 ? -1 : done
    },
  }
  let out = new Uint8Array(PIECE)
  let filled = 0
  const output = {
    writeByte: (byte: number) => {
      out[filled++] = byte
      if (filled < PIECE) return
      put(out)
      out = new Uint8Array(PIECE)
      filled = 0
    },
    flush: () => {},
  }
  // Not Bunzip.decode, which takes the end of the input for the end of the data wherever it comes.
  const bunzip = new Bunzip(input, output)
  for (;;) {
    if (bunzip._init_block()) {
      bunzip._read_bunzip()
      continue
    }
    if (bunzip.reader.read(32) >>> 0 !== bunzip.streamCRC) throw new DamagedData('the checksum differs')
    if (!isMore()) break
    bunzip._start_bunzip(input, output)
  }
  put(out.slice(0, filled))
}
