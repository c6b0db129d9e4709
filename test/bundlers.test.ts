import { execFile } from 'node:child_process'
import { cp, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { build as esbuild } from 'esbuild'
import { build as vite } from 'vite'
import { expect, test } from 'vitest'
import { CHUNK } from '../src/bytes/bytes.js'
import { stacked } from './fixtures/archives.js'
import { content } from './fixtures/bytes.js'
import { transload } from './fixtures/cli.js'
import { filesBelow, temporaryDirectory } from './fixtures/directory.js'
import { dockerArchive } from './fixtures/image.js'
import { installPackage } from './fixtures/installed.js'
import { tar } from './fixtures/tar.js'
import { COUNT_THREADS, threadsCounted } from './fixtures/threads.js'

/** A program of a user. */
const PROGRAM = `import { convert } from 'transload'
const [source, destination, layers, compressor] = process.argv.slice(2)
convert(source, 'oci:' + destination, { layers, compressor }).catch(({ code, message }) => {
  console.error(code, message)
  process.exitCode = 1
})
`

/** How bundlers are called, with the options that say what to make and none beside. */
const BUNDLERS: Record<string, (place: string) => Promise<string>> = {
  'esbuild, as a module': async (place) => withESBuild(place, 'esm', 'bundle.mjs'),
  'esbuild, as CommonJS': async (place) => withESBuild(place, 'cjs', 'bundle.cjs'),
  'vite for a server': async (place) => {
    await vite({
      root: place,
      logLevel: 'error',
      build: { ssr: 'program.js', outDir: 'out', rollupOptions: { onwarn: failOf } },
      ssr: { noExternal: true },
    })
    return join(place, 'out', 'program.js')
  },
}

test.each(Object.entries(BUNDLERS))(
  'a program that is bundled by %s runs by itself',
  async (_, bundle) => {
    const [place, alone] = [await project(), await temporaryDirectory()]
    const program = await moved(await bundle(place), alone)
    const archive = join(place, 'app.tar')
    for (const layers of ['keep', 'gzip', 'zstd']) {
      const [expected, out] = [join(alone, `expected-${layers}`), join(alone, `out-${layers}`)]
      await transload('convert', archive, `oci:${expected}`, '--layers', layers)
      const { stderr } = await run(process.execPath, [...COUNT_THREADS, program, archive, out, layers])
      expect(threadsCounted(stderr)).toBeGreaterThan(0)
      expect(await filesBelow(out)).toEqual(await filesBelow(expected))
    }
    // What is not there is missed by those alone who ask for it.
    const running = run(process.execPath, [program, archive, join(alone, 'out'), 'gzip', 'libdeflate'])
    await expect(running).rejects.toMatchObject({ stderr: expect.stringMatching(/^UNSUPPORTED .*libdeflate/) })
  },
  300_000,
)

/** A user's project, with a program and an archive that is large enough for threads. */
async function project(): Promise<string> {
  const place = await temporaryDirectory()
  await installPackage(place)
  await writeFile(join(place, 'package.json'), '{"type":"module"}')
  await writeFile(join(place, 'program.js'), PROGRAM)
  const layer = tar([{ name: 'file', content: content(20 * CHUNK) }])
  await writeFile(join(place, 'app.tar'), dockerArchive(stacked([layer])))
  return place
}

const run = promisify(execFile)

async function withESBuild(from: string, format: 'esm' | 'cjs', name: string): Promise<string> {
  const outfile = join(from, 'out', name)
  const entryPoints = [join(from, 'program.js')]
  const { warnings } = await esbuild({
    entryPoints,
    outfile,
    format,
    bundle: true,
    platform: 'node',
    logLevel: 'silent',
  })
  expect(warnings).toEqual([])
  return outfile
}

function failOf({ message }: { message: string }): never {
  throw new Error(message)
}

/** Takes a bundle, and the pieces beside it, to where no package is. */
async function moved(bundle: string, to: string): Promise<string> {
  await writeFile(join(to, 'package.json'), '{"type":"module"}')
  await cp(dirname(bundle), to, { recursive: true })
  return join(to, basename(bundle))
}
