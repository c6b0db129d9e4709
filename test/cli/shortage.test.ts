import { spawn, spawnSync } from 'node:child_process'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { archiveOf, stacked } from '../fixtures/archives.js'
import { noise } from '../fixtures/bytes.js'
import { BIN, type Result, watched } from '../fixtures/cli.js'
import { temporaryDirectory } from '../fixtures/directory.js'
import { tar } from '../fixtures/tar.js'

/** Large enough that layers are hashed, written and compressed in threads of their own. */
const LAYER = tar([{ name: 'noise', content: noise(3 * 1024 * 1024) }])
const ARCHIVE = archiveOf(stacked([LAYER]), ['layer.tar'], [{ name: 'layer.tar', content: LAYER }])

describe.each(['keep', 'gzip', 'zstd'])('with layers as %s', (layers) => {
  test('an address space that is too small for WebAssembly is told in one line', async () => {
    const result = await limited('ulimit -v 4194304', layers)
    expectPlain(result)
    // Newer releases of Node reserve less, and need not fail.
    if (layers === 'gzip' && result.status !== 0)
      expect(result.stderr).toContain('hint: raise the limit on address space (ulimit -v unlimited)')
  })

  test('a limit on open files is told in one line', async () => {
    for (let most = 32; most >= FEWEST_FILES; most -= 4) {
      const result = await limited(`ulimit -n ${most}`, layers)
      expectPlain(result)
      if (result.status !== 0)
        expect(result.stderr).toMatch(/too many open files[\s\S]*hint: raise the limit on open files/)
    }
  }, 60_000)

  test.skipIf(!canLimitThreads())(
    'a limit on threads makes it use fewer, or is told in one line',
    async () => {
      const usual = await limited('', layers)
      for (let most = 20; most > 4; most -= 2) {
        const result = await limited('', layers, ['prlimit', `--nproc=${most}`, 'setpriv', ...NOBODY])
        // Node itself aborts where it cannot have its own.
        if (result.status === null || result.status === 134) return
        expectPlain(result)
        if (result.status === 0) expect(result.index).toBe(usual.index)
        else expect(result.stderr).toContain('hint: raise the limit on processes and threads')
      }
    },
    120_000,
  )
})

/** With less Node cannot load a program. */
const FEWEST_FILES = 28

/** A user whose threads nobody else's are counted with. */
const NOBODY = ['--reuid=60012', '--regid=60012', '--clear-groups']

function canLimitThreads(): boolean {
  const words = ['prlimit', '--nproc=100', 'setpriv', ...NOBODY, process.execPath, BIN, '--version']
  return spawnSync('sh', ['-c', 'exec "$@"', 'sh', ...words]).status === 0
}

async function limited(limit: string, layers: string, prefix: string[] = []): Promise<Result & { index?: string }> {
  const directory = await temporaryDirectory()
  await chmod(directory, 0o777)
  const from = join(directory, 'a.tar')
  await writeFile(from, ARCHIVE)
  const words = [...prefix, process.execPath, BIN, 'convert', from, `oci:${directory}/layout`, '--layers', layers]
  const script = `${limit}\nexec "$@"`
  const child = watched(
    spawn('sh', ['-c', script, 'sh', ...words], { cwd: directory, stdio: ['pipe', 'pipe', 'pipe'] }),
  )
  child.stdin?.end()
  const result = await child.finished
  return result.status === 0
    ? { ...result, index: await readFile(join(directory, 'layout', 'index.json'), 'utf8') }
    : result
}

function expectPlain({ status, stderr }: Result): void {
  expect([0, 1]).toContain(status)
  expect(stderr).not.toMatch(/bug|\n {4}at /)
}
