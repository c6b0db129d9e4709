import { readFileSync } from 'node:fs'
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HeldDirectory } from '../../src/io/heldDirectory.js'
import { temporaryDirectory } from '../fixtures/directory.js'

test('what is reached through a directory stays in it, whatever is put in its place', async () => {
  const root = await directoryWith({ 'held/file': 'mine', 'other/file': 'theirs' })
  using held = HeldDirectory.open(join(root, 'held'))
  await rename(join(root, 'held'), join(root, 'moved'))
  await symlink('other', join(root, 'held'))
  expect(held.isHeld).toBe(process.platform === 'linux')
  if (held.isHeld) expect(readFileSync(held.at('file'), 'utf8')).toBe('mine')
})

test('a directory that a user names may be a link to one, and one within it may not', async () => {
  const root = await directoryWith({ 'real/file': 'text' })
  await symlink('real', join(root, 'link'))
  using named = HeldDirectory.open(join(root, 'link'))
  expect(named.names()).toEqual(['file'])
  using parent = HeldDirectory.open(root)
  using within = parent.openWithin('real')
  expect([within.path, within.names()]).toEqual([join(root, 'real'), ['file']])
  expect(() => parent.openWithin('link')).toThrow(/ENOTDIR|ELOOP/)
  expect(() => within.openWithin('file')).toThrow(/ENOTDIR/)
})

test('on a system that shows no open files it is reached by its path', async () => {
  const root = await directoryWith({ 'real/file': 'text' })
  using held = HeldDirectory.open(root, { descriptors: join(root, 'none') })
  using within = held.openWithin('real')
  expect([held.isHeld, within.isHeld]).toEqual([false, false])
  expect(within.at('file')).toBe(join(root, 'real', 'file'))
  expect(within.names()).toEqual(['file'])
})

test('nothing is reached through a directory that was closed, whose number may be another’s', async () => {
  const held = HeldDirectory.open(await temporaryDirectory())
  held[Symbol.dispose]()
  held[Symbol.dispose]()
  expect(() => held.at('file')).toThrow('while it is open')
})

async function directoryWith(files: Record<string, string>): Promise<string> {
  const root = await temporaryDirectory()
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, path, '..'), { recursive: true })
    await writeFile(join(root, path), text)
  }
  return root
}
