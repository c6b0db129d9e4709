// Builds dist/: the library as modules with their types, the command line as a bundle that starts fast. A step whose inputs did
// not change is not run again.
import { execFileSync } from 'node:child_process'
import { chmod, readFile, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { step } from './step.js'

const root = fileURLToPath(new URL('..', import.meta.url))

await step(
  'schemas',
  { from: ['schemas'], makes: generated('types.ts', 'validators.js', 'validators.d.ts') },
  () => import('./generate.js'),
)
await step(
  'deflate',
  { from: ['src/compression/deflate'], makes: generated('deflate.js', 'walk.js') },
  () => import('./deflate.js'),
)
await step('zstd', { from: ['src/compression/zstd'], makes: generated('zstd.js') }, () => import('./zstd.js'))
const programs = ['chunk', 'deflate', 'libdeflate', 'unpack', 'zstd', 'writer', 'pack'].map(
  (name) => `${name}Program.js`,
)
await step('workers', { from: ['src'], makes: generated(...programs) }, () => import('./workers.js'))
await step('dist', { from: ['src', 'tsconfig.json', 'tsconfig.build.json'], makes: ['dist'] }, async () => {
  await rm(`${root}/dist`, { recursive: true, force: true })
  await buildLibrary()
  await buildCommandLine()
})

function generated(...names) {
  return names.map((name) => `src/generated/${name}`)
}

async function buildLibrary() {
  const options = ['-p', `${root}/tsconfig.build.json`]
  execFileSync(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, ...options], { stdio: 'inherit' })
  await import('./types.js')
}

async function buildCommandLine() {
  const { version } = JSON.parse(await readFile(`${root}/package.json`, 'utf8'))
  await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/bin.ts'],
    outdir: 'dist/cli',
    entryNames: '[name]',
    bundle: true,
    splitting: true,
    minifySyntax: true,
    minifyWhitespace: true,
    minifyIdentifiers: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // string-width builds an Intl.Segmenter when it is loaded, which costs more than all else at start-up.
    alias: { 'string-width': './scripts/string-width.js' },
    // yargs loads its locale files with require.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    // Beside it, and read only when a bug is reported; what they map to is not in the package.
    sourcemap: 'external',
    sourcesContent: false,
    define: { TRANSLOAD_VERSION: JSON.stringify(version) },
    logLevel: 'warning',
  })
  await import('./maps.js')
  await chmod(`${root}/dist/cli/bin.js`, 0o755)
}
