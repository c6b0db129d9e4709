import { execFile, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chown, mkdir, readdir, rename, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { HeldDirectory } from '../../../src/io/heldDirectory.js'
import { openStaging } from '../../../src/store/layout/openStaging.js'
import { LOCK } from '../../../src/store/layout/ownNames.js'
import { thisProcess } from '../../../src/store/layout/process.js'
import { temporaryDirectory } from '../../fixtures/directory.js'

const HOUR = 60 * 60
const elsewhere = { ...thisProcess(), boot: 'another' }

describe('clearing', () => {
  test('removes what a process left that is gone, with all that we make', async () => {
    const root = await temporaryDirectory()
    await left(root, gone())
    expect(await cleared(root)).toEqual([])
  })

  test('leaves what belongs to a process that runs', async () => {
    const root = await temporaryDirectory()
    const path = await left(root, thisProcess())
    await utimes(join(path, 'owner'), 0, 0)
    expect(await cleared(root)).toHaveLength(1)
  })

  test.each([
    ['leaves what belongs to one elsewhere that showed', HOUR / 2, 1],
    ['removes what belonged to one elsewhere that has not shown', 2 * HOUR, 0],
  ])('%s in the last hour that it lives', async (_, age, count) => {
    const root = await temporaryDirectory()
    for (const identity of [elsewhere, { ...thisProcess(), host: 'another' }]) {
      const path = await left(root, identity)
      await utimes(join(path, 'owner'), Date.now() / 1000 - age, Date.now() / 1000 - age)
    }
    expect(await cleared(root)).toHaveLength(2 * count)
  })

  test.each([
    ['no owner', undefined],
    ['half a record', 'half a rec'],
    ['a record that is too long', JSON.stringify({ ...gone(), more: 'x'.repeat(5000) })],
  ])('leaves what has %s, however old', async (_, owner) => {
    const root = await temporaryDirectory()
    await utimes(await left(root, owner), 0, 0)
    expect(await cleared(root)).toHaveLength(1)
  })

  test.each([[[]], [['owner.new']]])('removes what was left before it had an owner: %j', async (names) => {
    const root = await temporaryDirectory()
    const path = join(root, `.transload-${randomUUID()}`)
    await mkdir(path)
    for (const name of names) await writeFile(join(path, name), '')
    expect(await cleared(root)).toEqual([])
  })

  test('leaves links, and names that are not of our form', async () => {
    const root = await temporaryDirectory()
    const outside = await left(await temporaryDirectory(), gone())
    await symlink(outside, join(root, `.transload-${randomUUID()}`))
    await rename(await left(root, gone()), join(root, '.transload-left'))
    await writeFile(join(root, LOCK), '')
    await utimes(join(root, LOCK), 0, 0)
    expect(await cleared(root)).toHaveLength(3)
    expect((await readdir(outside)).sort()).toEqual(['1', 'owner'])
  })

  test.runIf(process.getuid?.() === 0)('leaves what belongs to another user, although it could', async () => {
    const root = await temporaryDirectory()
    await chown(await left(root, gone()), 65_534, 65_534)
    await chown(join(await left(root, gone()), 'owner'), 65_534, 65_534)
    expect(await cleared(root)).toHaveLength(2)
  })

  test('without a hold on directories is done where nobody else can exchange them', async () => {
    for (const [mode, count] of [
      [0o755, 0],
      [0o777, 1],
    ] as const) {
      const root = await temporaryDirectory()
      await left(root, gone())
      spawnSync('chmod', [mode.toString(8), root])
      const staging = await openStaging(HeldDirectory.open(root, { descriptors: join(root, 'none') }))
      await staging[Symbol.asyncDispose]()
      expect(await readdir(root)).toHaveLength(count)
    }
  })

  test('while others make them leaves those that were made', async () => {
    const root = await temporaryDirectory()
    const program = `import { existsSync } from 'node:fs'
      import { HeldDirectory } from ${moduleAt('io/heldDirectory.js')}
      import { Staging } from ${moduleAt('store/layout/staging.js')}
      const made = Array.from({ length: 100 }, () => Staging.make(HeldDirectory.open(${JSON.stringify(root)})))
      console.log(made.filter(({ directory }) => existsSync(directory.at('owner'))).length)`
    const making = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
    const state = { isOver: false }
    const over = making.finally(() => {
      state.isOver = true
    })
    while (!state.isOver) await cleared(root)
    expect((await over).stdout).toBe('100\n')
  })
})

/** What there is in a directory after somebody opened and closed a staging directory in it. */
async function cleared(root: string): Promise<string[]> {
  const staging = await openStaging(HeldDirectory.open(root))
  await staging[Symbol.asyncDispose]()
  return readdir(root)
}

/** A process of this machine that has ended. */
function gone() {
  return { ...thisProcess(), pid: spawnSync(process.execPath, ['--version']).pid }
}

async function left(root: string, owner: object | string | undefined): Promise<string> {
  const path = join(root, `.transload-${randomUUID()}`)
  await mkdir(path, { mode: 0o700 })
  await writeFile(join(path, '1'), 'half a blob')
  if (owner !== undefined)
    await writeFile(join(path, 'owner'), typeof owner === 'string' ? owner : JSON.stringify(owner))
  return path
}

function moduleAt(path: string): string {
  return JSON.stringify(new URL(`../../../dist/${path}`, import.meta.url))
}
