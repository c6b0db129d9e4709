// Builds dist/: the library as modules with their types, the command line as a bundle that starts fast.
import { execFileSync } from 'node:child_process'
import { chmod, readFile, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const { version } = JSON.parse(await readFile(`${root}/package.json`, 'utf8'))

await import('./generate.js')
await import('./deflate.js')
await import('./zstd.js')
await import('./workers.js')
await rm(`${root}/dist`, { recursive: true, force: true })
execFileSync(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, '-p', `${root}/tsconfig.build.json`], {
  stdio: 'inherit',
})
await import('./types.js')
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
  define: { TRANSLOAD_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
})
await chmod(`${root}/dist/cli/bin.js`, 0o755)
