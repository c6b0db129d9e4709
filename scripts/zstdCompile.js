// Makes src/compression/zstd/zstd.wasm, which is kept since its compiler is large and slow: from the source of zstd, as the package
// @cloudpss/zstd has it, and src/compression/zstd/library.c. The same bytes on every machine. Run after a change: npm run zstd
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { recipe, WASM } from './zstdRecipe.js'

/** Clang, as WebAssembly, and what optimizes its output: they need nothing but Node. */
const TOOLS = ['@yowasp/clang@22.0.0-git20542-10', 'binaryen@131.0.0-nightly.20260721']

const directory = await mkdtemp(join(tmpdir(), 'zstd-'))
try {
  execFileSync('npm', ['install', '--no-save', '--prefix', directory, ...TOOLS], { stdio: 'inherit' })
  await writeFile(WASM, await optimized(await compiled()))
  await writeFile(new URL('sources.json', WASM), `${JSON.stringify((await recipe()).digests, null, 2)}\n`)
} finally {
  await rm(directory, { recursive: true })
}

async function compiled() {
  const compiler = join(directory, 'node_modules/@yowasp/clang/gen/bundle.js')
  const { runClang } = await import(pathToFileURL(compiler).href)
  const { sources, options } = await recipe()
  const made = await runClang(['clang', ...options, 'library.c', '-o', 'zstd.wasm'], sources)
  return made['zstd.wasm']
}

async function optimized(wasm) {
  const [from, to] = ['in.wasm', 'out.wasm'].map((name) => join(directory, name))
  await writeFile(from, wasm)
  const optimizer = join(directory, 'node_modules/.bin/wasm-opt')
  const features = ['simd', 'bulk-memory', 'sign-ext', 'mutable-globals', 'nontrapping-float-to-int', 'multivalue']
  const enabled = [...features, 'reference-types'].map((feature) => `--enable-${feature}`)
  execFileSync(optimizer, ['-O3', ...enabled, from, '-o', to], { stdio: 'inherit' })
  return readFile(to)
}
