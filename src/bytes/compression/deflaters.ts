import { promisify } from 'node:util'
import { constants, deflateRaw, type ZlibOptions } from 'node:zlib'
import { CHUNK } from '../bytes.js'
import { release } from '../release.js'
import { Threads } from '../threads.js'
import type { Compressed } from './sideBySide.js'

/**
 * Compresses a block to whole bytes of DEFLATE that more may follow (RFC 1951), none of them the last.
 * @param before what was before the block, at most 32 KiB, for it to refer to; its memory is given away
 */
export type Deflate = (block: Uint8Array, before: Uint8Array<ArrayBuffer>) => Promise<Compressed>

interface Question {
  block: Uint8Array
  before: Uint8Array
}

const threads = new Threads<Question, Compressed & Question>(new URL('./deflate-worker.js', import.meta.url))

/** Our own encoder, of src/deflate: the same bytes on every machine. */
export const builtinDeflate: Deflate = async (block, before) => {
  const answer = await threads.ask({ block, before }, [block.buffer as ArrayBuffer, before.buffer])
  release(answer.before)
  return answer
}

const deflateAsync = promisify<Uint8Array, ZlibOptions, Buffer>(deflateRaw)

/** Node's zlib: levels as everywhere. Its bytes may differ between processors, and between releases of Node. */
export function zlibDeflate(level: number): Deflate {
  return async (block, before) => {
    const compressed = await deflateAsync(block, {
      level,
      memLevel: 9,
      finishFlush: constants.Z_SYNC_FLUSH,
      chunkSize: CHUNK + CHUNK / 8,
      ...(before.length === 0 ? {} : { dictionary: before }),
    })
    release(before)
    return { pieces: [compressed], block }
  }
}
