// Makes src/generated/*Program.js from the programs of our threads, each bundled to one text, so that neither a bundler nor
// a thread has to find a file.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const src = new URL('../src/', import.meta.url)
const generated = new URL('../src/generated/', import.meta.url)

/** WebAssembly is handed to a thread by who starts it: the package has it once. */
const handedOver = {
  name: 'handed over',
  setup: ({ onLoad }) => {
    onLoad({ filter: /src.generated.(zstd|deflate)\.js$/ }, () => ({
      contents: "import { workerData } from 'node:worker_threads'\nexport const { WASM } = workerData",
    }))
  },
}

await mkdir(generated, { recursive: true })
for (const name of [
  'threads/chunk',
  'compression/deflate',
  'compression/libdeflate',
  'compression/unpack',
  'compression/zstd',
  'rootfs/writer',
  'rootfs/pack',
]) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`${name}-worker.ts`, src))],
    bundle: true,
    write: false,
    minifySyntax: true,
    minifyWhitespace: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // A library loads a module of Node with require, which a program in a URL does not have.
    banner: { js: 'const require=(name)=>process.getBuiltinModule(name);' },
    plugins: [handedOver],
    logLevel: 'warning',
  })
  const base64 = Buffer.from(outputFiles[0].contents).toString('base64')
  await writeFile(
    new URL(`${name.replace(/.*\//, '')}Program.js`, generated),
    `${name === 'compression/unpack' ? await notice() : ''}// Generated from src/${name}-worker.ts by scripts/workers.js.
/** A program of a thread. */
export const PROGRAM =
  'data:text/javascript;base64,${base64}'
`,
  )
}

/** What the licences of the libraries in it want to be with every copy; bundlers keep it. */
async function notice() {
  const packages = new URL('../node_modules/', import.meta.url)
  const text = await readFile(new URL('seek-bzip/LICENSE', packages), 'utf8')
  const { author, license } = JSON.parse(await readFile(new URL('xz-decompress/package.json', packages), 'utf8'))
  return `/*! seek-bzip\n\n${text}\nxz-decompress, by ${author}: ${license}, as above */\n`
}
