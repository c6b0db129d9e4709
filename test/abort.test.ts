import { execFile } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { compress } from '@cloudpss/zstd'
import { describe, expect, test } from 'vitest'
import { archiveOf, stacked } from './fixtures/archives.js'
import { content, noise } from './fixtures/bytes.js'
import { BIN, start } from './fixtures/cli.js'
import { temporaryDirectory, temporaryFile } from './fixtures/directory.js'
import { BZIP2_ZEROS, XZ_ZEROS, ZEROS_SIZE } from './fixtures/packed.js'

const PLAIN = content(9_000_000)
const ZEROS = Buffer.alloc(30 * ZEROS_SIZE)
const SOURCES = {
  plain: { layer: PLAIN, packed: PLAIN },
  gzip: { layer: PLAIN, packed: gzipSync(PLAIN) },
  zstd: { layer: PLAIN, packed: Buffer.from(compress(PLAIN)) },
  xz: { layer: ZEROS, packed: repeated(XZ_ZEROS, 30) },
  bzip2: { layer: ZEROS, packed: repeated(BZIP2_ZEROS, 30) },
}

const WAYS: [source: keyof typeof SOURCES, options: string][] = [
  ['plain', '--layers zstd'],
  ['gzip', '--layers zstd --level 1'],
  ['plain', '--layers zstd --level 9 --jobs 4'],
  ['plain', '--layers zstd --level 19'],
  ['zstd', '--layers gzip'],
  ['plain', '--layers gzip --level 9 --jobs 16'],
  ['zstd', '--layers uncompressed'],
  ['gzip', '--layers uncompressed'],
  ['xz', '--layers zstd --level 12'],
  ['bzip2', '--layers gzip'],
  ['zstd', '--layers keep'],
]

const MOMENTS = 2
const ENDINGS = { SIGINT: 130, SIGTERM: 143 } as const

describe.each(WAYS)('convert of %s %s', (source, options) => {
  test('ends in order whenever it is stopped, and leaves nothing', async () => {
    const archive = await archiveWith(SOURCES[source])
    const started = performance.now()
    await run(archive, options).finished
    const took = performance.now() - started
    const random = randomNumbers(options.length)
    for (let moment = 0; moment < MOMENTS; moment++) {
      const root = await temporaryDirectory()
      const signal = random() < 0.5 ? 'SIGINT' : 'SIGTERM'
      const child = run(archive, options, { root, piped: random() < 0.5 })
      await setTimeout(took * (0.2 + 0.8 * random()))
      child.kill(signal)
      const { status, stderr } = await child.finished
      // Before it has begun, the signal ends it by itself.
      if (status === null) expect(child.signalCode).toBe(signal)
      else expect([0, ENDINGS[signal]]).toContain(status)
      expect(stderr).toMatch(/^(transload: (interrupted|terminated)\n)?$/)
      expect(await stagingIn(root)).toEqual([])
    }
    // As long as five runs take on a machine that is busy with other tests.
  }, 120_000)
})

describe('a program that uses the library', () => {
  test.each([
    ['exits while blocks are at work', 'setTimeout(() => process.exit(7), 100)', 7],
    ['fails while blocks are at work', 'setTimeout(() => { throw new Error("its own") }, 100)', 1],
    ['aborts, and goes on to its end', 'setTimeout(() => controller.abort(), 100)', 0],
  ])(
    '%s: it ends as it wants to',
    async (_, then, status) => {
      const archive = await archiveWith(SOURCES.plain)
      for (const level of [3, 19]) {
        const code = `
        import { convert } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url))}
        const controller = new AbortController()
        const options = { layers: 'zstd', level: ${level}, jobs: 4, signal: controller.signal }
        for (let at = 0; at < 4; at++) {
          const out = ${JSON.stringify(join(await temporaryDirectory(), 'out'))} + at
          convert(${JSON.stringify(archive)}, out, options).catch((error) => {
            if (error.name !== 'AbortError') process.exit(9)
          })
        }
        ${then}`
        const child = promisify(execFile)(process.execPath, ['--input-type=module', '-e', code])
        const ended = await child.then(
          () => 0,
          (error: { code: number }) => error.code,
        )
        expect(ended).toBe(status)
      }
    },
    60_000,
  )
})

describe.each(['zstd', 'gzip'])('while %s is made', (layers) => {
  test.each([
    ['a layout', 'out'],
    ['an archive', 'oci-archive:out.tar'],
  ])(
    'a disk without room for %s is told, and nothing is left',
    async (_, destination) => {
      const root = await temporaryDirectory()
      const layer = Buffer.concat([content(3_000_000), noise(6_000_000)])
      const archive = await archiveWith({ layer, packed: layer })
      const levels = layers === 'zstd' ? ['1', '3', '12'] : ['6']
      for (const level of levels) {
        // No file may be larger than 64 KB: what is more is refused as where a disk is full.
        const command = 'cd "$1"; ulimit -f 128; shift; exec "$0" "$@"'
        const args = [root, BIN, 'convert', archive, destination, '--layers', layers, '--level', level]
        const child = promisify(execFile)('sh', ['-c', command, process.execPath, ...args])
        await expect(child).rejects.toMatchObject({
          code: 1,
          stderr: expect.stringMatching(/^transload: .*too large.*\n(hint: .*\n)?$/),
        })
        expect(await readdir(root)).toEqual([])
      }
    },
    60_000,
  )
})

interface Run {
  /** Where the layout is made. */
  root?: string
  /** Through a pipe, not from the file. */
  piped?: boolean
}

function run(archive: string, options: string, { root = dirname(archive), piped = false }: Run = {}) {
  const child = start('convert', piped ? '-' : archive, join(root, 'out'), ...options.split(' '))
  if (piped && child.stdin !== null) createReadStream(archive).pipe(child.stdin)
  return child
}

async function stagingIn(root: string): Promise<string[]> {
  return (await readdir(root, { recursive: true })).filter((name) => name.includes('.transload'))
}

function archiveWith({ layer, packed }: { layer: Buffer; packed: Buffer }): Promise<string> {
  return temporaryFile(archiveOf(stacked([layer]), ['layer.tar'], [{ name: 'layer.tar', content: packed }]))
}

function repeated(bytes: Buffer, count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, () => bytes))
}

/** Numbers from 0 to 1, the same for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648
    return state / 2147483648
  }
}
