import { spawn, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BIN, type Result, watched } from '../fixtures/cli.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, imageWith } from '../fixtures/image.js'
import { treeOf } from '../fixtures/rootfs.js'
import { type EntrySpec, pax } from '../fixtures/tar.js'

/** With less Node cannot load a program. */
const FEWEST_FILES = 28

/** Directories in turn, more and deeper than may be open at a time. */
const IN_TURN: EntrySpec[] = Array.from({ length: 600 }, (_each, at) => [
  pax({ path: `${at % 60}/${'d/'.repeat(100)}${at}` }),
  { name: 'x', content: `${at}` },
]).flat()

describe.each(['on', 'off'])('with koffi %s', (koffi) => {
  const run = async (script: string, entries: EntrySpec[]): Promise<Result & { bundle: string; parent: string }> => {
    const parent = await temporaryDirectory()
    const bundle = join(parent, 'b')
    const archive = await temporaryFile(dockerArchive(imageWith([entries])))
    const words = [process.execPath, BIN, 'unpack', '--image', archive, bundle]
    const env = { ...process.env, TRANSLOAD_KOFFI: koffi, PLACE: bundle }
    const child = watched(spawn('sh', ['-c', script, 'sh', ...words], { env, stdio: ['pipe', 'pipe', 'pipe'] }))
    child.stdin?.end()
    return { ...(await child.finished), bundle, parent }
  }

  test('few open files are enough for any tree, or the limit is told in one line', async () => {
    const result = await run('ulimit -n 64; exec "$@"', IN_TURN)
    expect(result).toMatchObject({ status: 0, stderr: expect.not.stringContaining('bug') })
    expect(treeOf(join(result.bundle, 'rootfs'))).toHaveProperty([`59/${'d/'.repeat(100)}599`], '599')
    for (let most = 48; most >= FEWEST_FILES; most -= 4) {
      const { status, stderr, parent } = await run(`ulimit -n ${most}; exec "$@"`, IN_TURN.slice(0, 80))
      expect([0, 1]).toContain(status)
      expect(stderr).not.toMatch(/bug|\n {4}at /)
      if (status !== 0) expect(stderr).toMatch(/too many open files[\s\S]*hint: raise the limit on open files/)
      expect(readdirSync(parent)).toEqual(status === 0 ? ['b'] : [])
    }
  }, 120_000)

  test('a limit on the size of files is told in one line', async () => {
    const { status, stderr, parent } = await run('trap "" XFSZ; ulimit -f 100; exec "$@"', [
      { name: 'big', content: Buffer.alloc(2_000_000, 1) },
    ])
    expect(status).toBe(1)
    expect(stderr).toContain('big: the file would be too large')
    expect(readdirSync(parent)).toEqual([])
  })

  test.skipIf(!canMount())('a full disk is told in one line, and nothing stays there', async () => {
    for (const [options, entries] of [
      ['size=1m', [{ name: 'big', content: Buffer.alloc(4_000_000, 1) }]],
      ['nr_inodes=60', Array.from({ length: 200 }, (_each, at) => ({ name: `d/${at}` }))],
      ['nr_inodes=60', Array.from({ length: 200 }, (_each, at) => ({ name: `${at}/`, type: '5' }))],
      ['nr_inodes=60', Array.from({ length: 200 }, (_each, at) => ({ name: `${at}`, type: '2', linkTarget: 'x' }))],
    ] satisfies [string, EntrySpec[]][]) {
      const script = `mkdir "$PLACE" && mount -t tmpfs -o ${options} none "$PLACE" && "$@"; s=$?; ls -A "$PLACE"; exit $s`
      const { status, stdout, stderr } = await run(`exec unshare --mount sh -c '${script}' sh "$@"`, entries)
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
      expect(stderr).toMatch(/no space left on (the )?device/)
      expect(stderr).not.toMatch(/bug|\n {4}at /)
    }
  })
})

/** True for root on a system that allows mounts. */
function canMount(): boolean {
  return spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', tmpdir()]).status === 0
}
