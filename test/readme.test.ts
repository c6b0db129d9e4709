import { execFile } from 'node:child_process'
import { cp, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { filesBelow, temporaryDirectory } from './fixtures/directory.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = await readFile(join(root, 'README.md'), 'utf8')

test('the example of the library does what the README says', async () => {
  const code = /```js\n(.*?)```/s.exec(readme)?.[1] ?? ''
  const place = await temporaryDirectory()
  await cp(join(root, 'samples'), join(place, 'samples'), { recursive: true })
  await symlinkPackage(place)
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], { cwd: place })
  expect(stdout).toMatch(
    /^docker save of Docker 1\.10 to 24\ndocker\.io\/library\/arm:1 sha256:[0-9a-f]{64} sha256:[0-9a-f]{64}\n$/,
  )
  expect(Object.keys(await filesBelow(join(place, 'out')))).toContain('oci-layout')
})

test('every sample that the README names is there', async () => {
  const names = [...readme.matchAll(/samples\/([\w.-]+\.tar)/g)].map(([, name]) => name)
  expect(names).not.toEqual([])
  const samples = Object.keys(await filesBelow(join(root, 'samples')))
  for (const name of names) expect(samples).toContain(name)
})

/** Makes the package found by its name, as an installation would. */
async function symlinkPackage(place: string): Promise<void> {
  const modules = join(place, 'node_modules')
  await cp(join(root, 'package.json'), join(modules, 'transload', 'package.json'), { recursive: true })
  await symlink(join(root, 'dist'), join(modules, 'transload', 'dist'))
}
