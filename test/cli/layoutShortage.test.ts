import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { startAs, transload, USERS } from '../fixtures/cli.js'
import { filesBelow, temporaryDirectory } from '../fixtures/directory.js'
import { freshLayout } from '../fixtures/editing.js'

const mounted: string[] = []

afterEach(() => {
  for (const path of mounted.splice(0)) spawnSync('umount', [path])
})

function canMount(): boolean {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return false
  return spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/tmp']).status === 0
}

async function smallDisk(): Promise<string> {
  const path = await temporaryDirectory()
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', path])
  expect(status).toBe(0)
  mounted.push(path)
  return path
}

/** Fills a disk but for some pages. */
function fill(path: string, free: number): void {
  const file = openSync(path, 'w')
  const page = Buffer.alloc(4096)
  try {
    for (;;) writeSync(file, page)
  } catch {
    // It is full.
  } finally {
    closeSync(file)
  }
  spawnSync('truncate', ['-s', `${Math.max(0, statSync(path).size - free * page.length)}`, path])
}

test.skipIf(!canMount())('a full disk is told in one line, and the layout stays as it was', async () => {
  const disk = await smallDisk()
  const layout = join(disk, 'layout')
  expect((await transload('init', '--layout', layout)).status).toBe(0)
  expect((await transload('new', '--image', `${layout}:v1`)).status).toBe(0)
  const statuses = new Set<number | null>()
  for (let free = 0; free < 8; free++) {
    const before = await filesBelow(layout)
    fill(join(disk, 'ballast'), free)
    const { status, stderr } = await transload('config', '--image', `${layout}:v1`, '--config.label', `free=${free}`)
    statuses.add(status)
    if (status !== 0) {
      expect(stderr).toMatch(/^transload: .*no space left on device.*\n(?:hint: .*\n)?$/)
      expect(await filesBelow(layout)).toEqual(before)
    }
    rmSync(join(disk, 'ballast'))
    expect(readdirSync(layout).sort()).toEqual(['blobs', 'index.json', 'oci-layout'])
  }
  expect([...statuses].sort()).toEqual([0, 1])
})

const other = USERS.find(({ uid }) => uid !== process.getuid?.())

test.skipIf(other === undefined)('the layout of another user is shown, and each edit of it is one error', async () => {
  const path = await freshLayout()
  spawnSync('chmod', ['-R', 'a+rX', join(path, '..')])
  const before = await filesBelow(path)
  const run = (...args: string[]) => startAs({ uid: other?.uid, gid: other?.uid, cwd: '/' }, ...args).finished
  expect(await run('list', '--layout', path)).toEqual({ status: 0, stdout: 'v1\n', stderr: '' })
  expect(await run('stat', '--image', `${path}:v1`)).toMatchObject({ status: 0, stderr: '' })
  const image = ['--image', `${path}:v1`]
  const edits = [
    ['new', ...image],
    ['tag', ...image, 'v2'],
    ['config', ...image],
    ['remove', ...image],
  ]
  for (const edit of [...edits, ['gc', '--layout', path]]) {
    const { status, stderr } = await run(...edit)
    expect(stderr).toMatch(/^transload: .*permission denied.*\n(?:hint: .*\n)?$/)
    expect(status).toBe(1)
  }
  expect(await filesBelow(path)).toEqual(before)
})
