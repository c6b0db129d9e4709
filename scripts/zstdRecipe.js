// What src/compression/zstd/zstd.wasm is made of.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

export const WASM = new URL('../src/compression/zstd/zstd.wasm', import.meta.url)

const OPTIONS = [
  ...['--target=wasm32-wasip1', '-O3', '-msimd128', '-mbulk-memory', '-DNDEBUG', '-w'],
  // Without threads of its own.
  '-D__EMSCRIPTEN__',
  ...['-nostartfiles', '-Wl,--no-entry', '-Wl,--gc-sections', '-Wl,--strip-all'],
]

/** The sources and the options, and their digests. */
export async function recipe() {
  const read = (path) => readFile(new URL(path, import.meta.url), 'utf8')
  const sources = {
    'library.c': await read('../src/compression/zstd/library.c'),
    'zstd.c': await read('../node_modules/@cloudpss/zstd/lib/zstd.c'),
  }
  const digests = Object.fromEntries(
    Object.entries({ ...sources, options: OPTIONS.join(' ') }).map(([name, text]) => [name, sha256(text)]),
  )
  return { sources, options: OPTIONS, digests }
}

function sha256(text) {
  return createHash('sha256').update(text).digest('hex')
}
