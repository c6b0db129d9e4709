import type { Bytes } from '../bytes/bytes.js'
import { ImageError } from '../spec/errors.js'
import { unpackedInThread } from './unpackThread.js'

/**
 * Decompresses xz data of one stream or several, with padding between them (the .xz file format, 2). Supports LZMA2 and
 * CRC checks only: no filters for machine code, no SHA-256 checks.
 * @throws ImageError FORMAT if the data is damaged or ends early, UNSUPPORTED
 */
export async function* unxz(bytes: Bytes): Bytes {
  try {
    yield* unpackedInThread(bytes, 'xz')
  } catch (error) {
    throw problemOf(error) ?? error
  }
}

function problemOf(error: unknown): ImageError | undefined {
  const code = error instanceof ImageError ? /failed with error code (\d+)$/.exec(error.message)?.[1] : undefined
  if (code === undefined) return undefined
  const [kind, problem] = PROBLEMS[code] ?? ['FORMAT', 'xz data is damaged']
  const hint = kind === 'UNSUPPORTED' ? { hint: 'decompress it with xz first' } : {}
  return new ImageError(kind, problem, { ...hint, cause: error })
}

/** The meaning of the decoder's numbers (XZ Embedded, enum xz_ret). */
const PROBLEMS: Record<string, [kind: 'FORMAT' | 'UNSUPPORTED', problem: string]> = {
  '2': ['UNSUPPORTED', 'xz data has a check that is not supported'],
  '3': ['UNSUPPORTED', 'xz data needs more memory than there is'],
  '4': ['UNSUPPORTED', 'xz data needs more memory than is allowed'],
  '5': ['FORMAT', 'xz data is damaged: it does not start like xz data'],
  '6': ['UNSUPPORTED', 'xz data has a filter or a check that is not supported'],
  '8': ['FORMAT', 'xz data is damaged: it ends early, or something follows it'],
}
