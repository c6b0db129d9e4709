import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RUNTIME_CONFIG_FILE, UMOCI_FILE } from '../../src/bundle/bundleFiles.js'
import { assertNoBundle, publish } from '../../src/bundle/publish.js'
import { HeldDirectory } from '../../src/io/heldDirectory.js'
import { temporaryDirectory } from '../fixtures/directory.js'

const FILES = [RUNTIME_CONFIG_FILE, UMOCI_FILE]

test('a directory without parts of a bundle may become one', async () => {
  const path = await temporaryDirectory()
  using bundle = HeldDirectory.open(path)
  writeFileSync(join(path, 'notes.txt'), '')
  expect(() => assertNoBundle(bundle)).not.toThrow()
})

test.each([RUNTIME_CONFIG_FILE, UMOCI_FILE, 'rootfs'])('a directory with %s is refused', async (name) => {
  const path = await temporaryDirectory()
  using bundle = HeldDirectory.open(path)
  writeFileSync(join(path, name), '')
  expect(() => assertNoBundle(bundle)).toThrow(expect.objectContaining({ code: 'EXISTS', where: join(path, name) }))
})

test('files and the root file system get their names', async () => {
  const { path, partial } = await unpublished()
  using from = HeldDirectory.open(partial)
  using bundle = HeldDirectory.open(path)
  publish(from, bundle, FILES)
  expect(readdirSync(path).sort()).toEqual([...FILES, 'partial', 'rootfs'].sort())
  expect(readFileSync(join(path, UMOCI_FILE), 'utf8')).toBe(UMOCI_FILE)
  expect(existsSync(join(path, 'rootfs/file'))).toBe(true)
})

test.each([UMOCI_FILE, 'rootfs'])('nothing is published if %s was made meanwhile, which stays', async (taken) => {
  const { path, partial } = await unpublished()
  using from = HeldDirectory.open(partial)
  using bundle = HeldDirectory.open(path)
  writeFileSync(join(path, taken), 'theirs')
  expect(() => publish(from, bundle, FILES)).toThrow(expect.objectContaining({ code: 'EXISTS' }))
  expect(readdirSync(path).sort()).toEqual(['partial', taken].sort())
  expect(readFileSync(join(path, taken), 'utf8')).toBe('theirs')
})

/** A directory for a bundle, and a partial one within it that has all of its parts. */
async function unpublished() {
  const path = await temporaryDirectory()
  const partial = join(path, 'partial')
  mkdirSync(join(partial, 'rootfs'), { recursive: true })
  writeFileSync(join(partial, 'rootfs/file'), '')
  for (const name of FILES) writeFileSync(join(partial, name), name)
  return { path, partial }
}
