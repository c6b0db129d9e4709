import { execFile, spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { thisProcess } from '../../src/store/process.js'
import { clearAbandoned, isOurs, LOCK, makeStaging } from '../../src/store/staging.js'
import { temporaryDirectory } from '../fixtures/directory.js'

test('a staging directory is ours alone and names its owner', async () => {
  const root = await temporaryDirectory()
  const path = makeStaging(root)
  expect((await readdir(root)).map(isOurs)).toEqual([true])
  expect((await stat(path)).mode & 0o777).toBe(0o700)
  expect(JSON.parse(await readFile(join(path, 'owner'), 'utf8'))).toEqual(thisProcess())
})

test.each(['blobs', 'index.json', 'oci-layout', 'transload'])('%s is not ours', (name) => {
  expect(isOurs(name)).toBe(false)
})

describe('clearing', () => {
  test('removes what a dead process left, with all that is in it', async () => {
    const root = await temporaryDirectory()
    const pid = spawnSync(process.execPath, ['--version']).pid
    await left(root, JSON.stringify({ ...thisProcess(), pid }))
    await clearAbandoned(root)
    expect(await readdir(root)).toEqual([])
  })

  test('leaves what belongs to a process that runs, or may run elsewhere', async () => {
    const root = await temporaryDirectory()
    makeStaging(root)
    await left(root, JSON.stringify({ ...thisProcess(), host: 'another' }))
    await clearAbandoned(root)
    expect(await readdir(root)).toHaveLength(2)
  })

  test.each([undefined, 'half a rec'])(
    'removes what nobody knows the owner of only when it is old: %s',
    async (owner) => {
      const root = await temporaryDirectory()
      const path = await left(root, owner)
      await clearAbandoned(root)
      expect(await readdir(root)).toHaveLength(1)
      const longAgo = Date.now() / 1000 - 2 * 24 * 60 * 60
      await utimes(path, longAgo, longAgo)
      await clearAbandoned(root)
      expect(await readdir(root)).toEqual([])
    },
  )

  test.each([[[]], [['owner.new']]])('removes at once what was left before it had an owner: %j', async (names) => {
    const root = await temporaryDirectory()
    const path = join(root, '.transload-left')
    await mkdir(path)
    for (const name of names) await writeFile(join(path, name), '')
    await clearAbandoned(root)
    expect(await readdir(root)).toEqual([])
  })

  test('while others make them leaves those that were made', async () => {
    const root = await temporaryDirectory()
    const staging = JSON.stringify(new URL('../../dist/store/staging.js', import.meta.url))
    const program = `import { existsSync } from 'node:fs'
      import { makeStaging } from ${staging}
      const made = Array.from({ length: 300 }, () => makeStaging(${JSON.stringify(root)}))
      console.log(made.filter((path) => existsSync(path + '/owner')).length)`
    const making = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
    const state = { isOver: false }
    const over = making.finally(() => {
      state.isOver = true
    })
    while (!state.isOver) await clearAbandoned(root)
    expect((await over).stdout).toBe('300\n')
  })

  test('leaves the lock, which breaks in its own way, and what is not ours', async () => {
    const root = await temporaryDirectory()
    await writeFile(join(root, LOCK), '')
    await mkdir(join(root, 'blobs'))
    await utimes(join(root, LOCK), 0, 0)
    await utimes(join(root, 'blobs'), 0, 0)
    await clearAbandoned(root)
    expect((await readdir(root)).sort()).toEqual([LOCK, 'blobs'])
  })
})

async function left(root: string, owner: string | undefined): Promise<string> {
  const path = join(root, '.transload-left')
  await mkdir(path)
  await writeFile(join(path, '1'), 'half a blob')
  if (owner !== undefined) await writeFile(join(path, 'owner'), owner)
  return path
}
