// Makes src/generated/zstd.js from src/compression/zstd/zstd.wasm, as text in a module, so that neither a bundler nor a worker has to
// find a file. Fails if the sources are not those that the library was made of.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { brotliCompressSync, constants } from 'node:zlib'
import { recipe, WASM } from './zstdRecipe.js'

const generated = new URL('../src/generated/', import.meta.url)

const made = JSON.parse(await readFile(new URL('sources.json', WASM), 'utf8'))
if (!isDeepStrictEqual(made, (await recipe()).digests)) {
  throw new Error('src/compression/zstd/zstd.wasm was made of other sources: run npm run zstd')
}
const wasm = await readFile(WASM)
const packed = brotliCompressSync(wasm, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: wasm.length } })
await mkdir(generated, { recursive: true })
await writeFile(
  new URL('zstd.js', generated),
  `${await notice()}// Generated from src/compression/zstd/ by scripts/zstd.js.
/** WebAssembly, compressed with brotli, in base64. */
export const WASM =
  '${packed.toString('base64')}'
`,
)

/** What its licence wants to be with every copy; bundlers keep it. */
async function notice() {
  const text = await readFile(new URL('../src/compression/zstd/LICENSE', import.meta.url), 'utf8')
  return `/*! zstd\n\n${text}*/\n`
}
