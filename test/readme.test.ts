import { execFile } from 'node:child_process'
import { cp, readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { inspect } from '../src/index.js'
import { filesBelow, temporaryDirectory } from './fixtures/directory.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = await Promise.all(['README.md', 'docs/library.md', 'docs/command-line.md'].map(textOf))
const EXAMPLES = pages.flatMap((page) => [...page.matchAll(/```js\n(.*?)```/gs)].map(([, code = '']) => code))

test('the first example of the library does what the README says', async () => {
  const { place, stdout } = await ran(0)
  expect(stdout).toMatch(
    /^docker save of Docker 1\.10 to 24\ndocker\.io\/library\/arm:1 sha256:[0-9a-f]{64} sha256:[0-9a-f]{64}\n$/,
  )
  expect(Object.keys(await filesBelow(join(place, 'out')))).toContain('oci-layout')
})

test('bytes are taken from the web, from memory and from a file’s URL', async () => {
  const { place, stdout } = await ran(1)
  expect(stdout).toBe('1\n')
  const fromURL = await filesBelow(join(place, 'from-url'))
  expect(Object.keys(fromURL)).toContain('oci-layout')
  expect(await filesBelow(join(place, 'fetched'))).toEqual(fromURL)
})

test('an archive that tar-stream packs is a source', async () => {
  const { place } = await ran(2)
  expect(Object.keys(await filesBelow(join(place, 'packed')))).toContain('oci-layout')
})

test('streams of others are destinations', async () => {
  const { place } = await ran(3)
  expect(Object.keys(await filesBelow(join(place, 'unpacked')))).toContain('manifest.json')
  const { writer, images } = await inspect(join(place, 'copy.tar'))
  expect({ writer, names: images.map(({ names }) => names) }).toEqual({
    writer: 'docker save of Docker 1.10 to 24',
    names: [['arm:1']],
  })
})

test('errors of the caller come back, and nothing else is left', async () => {
  const { place, stdout } = await ran(4)
  expect(stdout).toBe('true\nno such registry\n')
  expect((await readdir(place)).sort()).toEqual(['node_modules', 'samples'])
})

test('every example runs in a test', () => {
  expect(EXAMPLES).toHaveLength(5)
})

test('every sample that the pages name is there', async () => {
  const samples = Object.keys(await filesBelow(join(root, 'samples')))
  for (const page of pages) {
    const names = [...page.matchAll(/samples\/([\w.-]+\.tar)/g)].map(([, name]) => name)
    expect(names).not.toEqual([])
    for (const name of names) expect(samples).toContain(name)
  }
})

/** A page of the project. */
function textOf(path: string): Promise<string> {
  return readFile(join(root, path), 'utf8')
}

/** Answers every request with a sample: there is no network in a test. */
const FETCH = `
  import { readFile } from 'node:fs/promises'
  globalThis.fetch = async () => new Response(await readFile('samples/docker-28.tar'))`

/** Runs an example as it is written; returns where, and what it printed. */
async function ran(at: number): Promise<{ place: string; stdout: string }> {
  const place = await temporaryDirectory()
  await cp(join(root, 'samples'), join(place, 'samples'), { recursive: true })
  await symlinkPackage(place)
  const preload = `data:text/javascript,${encodeURIComponent(FETCH)}`
  const args = ['--import', preload, '--input-type=module', '-e', EXAMPLES[at] ?? '']
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: place })
  return { place, stdout }
}

/** Makes the package found by its name, as an installation would. */
async function symlinkPackage(place: string): Promise<void> {
  const modules = join(place, 'node_modules')
  await cp(join(root, 'package.json'), join(modules, 'transload', 'package.json'), { recursive: true })
  await symlink(join(root, 'dist'), join(modules, 'transload', 'dist'))
  for (const name of ['tar-fs', 'tar-stream']) await symlink(join(root, 'node_modules', name), join(modules, name))
}
