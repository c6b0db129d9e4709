import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HeldDirectory } from '../../../src/io/heldDirectory.js'
import { isStagingName } from '../../../src/store/layout/ownNames.js'
import { thisProcess } from '../../../src/store/layout/process.js'
import { Staging } from '../../../src/store/layout/staging.js'
import { temporaryDirectory } from '../../fixtures/directory.js'

test('a staging directory is for us alone and names its owner', async () => {
  const root = await temporaryDirectory()
  await using staging = Staging.make(HeldDirectory.open(root))
  const [name = ''] = await readdir(root)
  expect(isStagingName(name)).toBe(true)
  expect((await stat(join(root, name))).mode & 0o777).toBe(0o700)
  expect(JSON.parse(await readFile(staging.directory.at('owner'), 'utf8'))).toEqual(thisProcess())
})

test('it goes with what we make in one', async () => {
  const root = await temporaryDirectory()
  const staging = Staging.make(HeldDirectory.open(root))
  for (const name of ['1', '23', 'archive', 'index.json', 'oci-layout']) {
    await writeFile(staging.directory.at(name), 'text')
  }
  await staging[Symbol.asyncDispose]()
  expect(await readdir(root)).toEqual([])
})

test('it stays with what somebody else put there, and its owner stays known', async () => {
  const root = await temporaryDirectory()
  const outside = await temporaryDirectory()
  await writeFile(join(outside, '1'), 'theirs')
  const staging = Staging.make(HeldDirectory.open(root))
  const path = join(root, (await readdir(root))[0] ?? '')
  await writeFile(join(path, '1'), 'ours')
  await symlink(outside, join(path, '2'))
  await mkdir(join(path, '3'))
  await writeFile(join(path, '3', '1'), 'theirs')
  await staging[Symbol.asyncDispose]()
  expect((await readdir(path)).sort()).toEqual(['3', 'owner'])
  expect(await readFile(join(path, '3', '1'), 'utf8')).toBe('theirs')
  expect(await readFile(join(outside, '1'), 'utf8')).toBe('theirs')
})

test('where there is no room for the record nothing stays', async () => {
  const root = await temporaryDirectory()
  const program = `import { HeldDirectory } from ${moduleAt('io/heldDirectory.js')}
    import { Staging } from ${moduleAt('store/layout/staging.js')}
    try { Staging.make(HeldDirectory.open(${JSON.stringify(root)})) } catch (error) { console.log(error.code) }`
  // A limit on the size of files stands in for a full disk.
  const command = `ulimit -f 0; trap '' XFSZ; exec ${process.execPath} --input-type=module -e "$0"`
  const { stdout } = spawnSync('bash', ['-c', command, program], { encoding: 'utf8' })
  expect(stdout).toBe('EFBIG\n')
  expect(await readdir(root)).toEqual([])
})

function moduleAt(path: string): string {
  return JSON.stringify(new URL(`../../../dist/${path}`, import.meta.url))
}
