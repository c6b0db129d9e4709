// Makes src/generated/deflate.js and walk.js from src/compression/deflate/: the encoder, and what walks through blocks, compiled to
// WebAssembly, as text in modules, so that neither a bundler nor a worker has to find a file.
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const generated = new URL('../src/generated/', import.meta.url)
const banner = '// Generated from src/compression/deflate/ by scripts/deflate.js.\n'

await mkdir(generated, { recursive: true })
for (const [source, name] of [
  ['index.ts', 'deflate.js'],
  ['walk.ts', 'walk.js'],
]) {
  const base64 = (await compiled(source)).toString('base64')
  await writeFile(
    new URL(name, generated),
    `${banner}/** WebAssembly, in base64. */\nexport const WASM =\n  '${base64}'\n`,
  )
}

async function compiled(source) {
  let wasm
  const { error, stderr } = await asc.main(
    [
      source,
      ...[
        '--baseDir',
        fileURLToPath(new URL('../src/compression/deflate/', import.meta.url)),
        '--outFile',
        'deflate.wasm',
      ],
      // No runtime: nothing is allocated, all memory is there from the start.
      ...['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort=', '--enable', 'simd'],
    ],
    { writeFile: (_, bytes) => (wasm = Buffer.from(bytes)) },
  )
  if (error !== null) throw new Error(`${error.message}\n${stderr}`)
  return wasm
}
