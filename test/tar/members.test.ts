import { describe, expect, test } from 'vitest'
import { Budget } from '../../src/spec/budget.js'
import type { TarEntry } from '../../src/tar/entry.js'
import { Members } from '../../src/tar/members.js'

test.each(['a/b', './a/b', '/a/b', 'a//b', 'a/./b', 'a/x/../b'])('a member is found as %s', (path) => {
  expect(membersOf(file('./a/b')).find(path)).toEqual([file('./a/b')])
})

test('what is not there, or is no file, is not found', () => {
  const members = membersOf(file('a'), { path: 'd', type: 'directory', size: 0 })
  expect(members.find('b')).toEqual([])
  expect(members.find('d')).toEqual([])
  expect(members.find('')).toEqual([])
})

test('a member that is there more than once is found as often', () => {
  const twice = [file('a'), { ...file('./a'), size: 2 }]
  expect(membersOf(...twice).find('a')).toEqual(twice)
})

test('a directory or link that is there more than once counts once, and a path of two kinds is refused', () => {
  const links = Array.from({ length: 3 }, () => symlink('link', 'a'))
  const directories = Array.from({ length: 3 }, () => ({ path: 'd', type: 'directory', size: 0 }) as const)
  const members = membersOf(file('a'), file('d/b'), ...directories, ...links)
  expect([members.find('link'), members.find('d/b')]).toEqual([[file('a')], [file('d/b')]])
  members.add(symlink('d', 'x'))
  expect(() => members.find('d/b')).toThrow(expect.objectContaining({ code: 'FORMAT' }))
})

test('an entry whose path leads out of the archive is not taken', () => {
  const members = new Members()
  expect(members.add(file('../a'))).toBe(false)
  expect(members.add(file('a/../b'))).toBe(true)
  expect([...members.paths()]).toEqual(['b'])
})

describe('links', () => {
  test.each([
    ['a symlink beside it', symlink('link', 'dir/file'), 'link'],
    ['a symlink below', symlink('dir/link', 'file'), 'dir/link'],
    ['a symlink that goes up', symlink('other/link', '../dir/file'), 'other/link'],
    ['an absolute symlink', symlink('other/link', '/dir/file'), 'other/link'],
    ['a symlink to its directory', symlink('link', 'dir'), 'link/file'],
    ['a symlink to the root', symlink('dir/root', '..'), 'dir/root/dir/file'],
    ['a hardlink, which starts at the root', hardlink('other/link', 'dir/file'), 'other/link'],
  ])('lead to the file: %s', (_, link, path) => {
    expect(membersOf(file('dir/file'), link).find(path)).toEqual([file('dir/file')])
  })

  test('are followed one after another', () => {
    const links = Array.from({ length: 39 }, (_, at) => symlink(`l${at + 1}`, `l${at}`))
    const members = membersOf(file('f'), symlink('l0', 'f'), ...links)
    expect(members.find('l39')).toEqual([file('f')])
    members.add(symlink('l40', 'l39'))
    expect(() => members.find('l40')).toThrow(expect.objectContaining({ code: 'UNSAFE', where: 'l40' }))
  })

  test('make ".." lead where the link led', () => {
    const members = membersOf(file('x/file'), file('file'), symlink('link', 'x/y'))
    expect(members.find('link/../file')).toEqual([file('x/file')])
  })

  test('that go round are refused', () => {
    const members = membersOf(symlink('a', 'b'), symlink('b', 'a'), symlink('c', 'c/c'))
    for (const path of ['a', 'c']) {
      expect(() => members.find(path)).toThrow(
        expect.objectContaining({ code: 'UNSAFE', message: `${path}: the links are circular` }),
      )
    }
  })

  test('that lead to nothing find nothing', () => {
    expect(membersOf(symlink('a', 'none')).find('a')).toEqual([])
  })

  test.each([
    ['../etc/passwd', 'link'],
    ['d/../../etc/passwd', 'link'],
    ['/../etc/passwd', 'link'],
  ])('that lead out of the archive are refused: %s', (target, path) => {
    expect(() => membersOf(symlink('link', target)).find(path)).toThrow(
      expect.objectContaining({ code: 'UNSAFE', where: 'link', found: '../etc/passwd' }),
    )
  })
})

test.each(['..', '../a', 'a/../../b', 'a\0b'])('the path %j is refused', (path) => {
  expect(() => membersOf(file('a')).find(path)).toThrow(expect.objectContaining({ code: 'UNSAFE', where: path }))
})

test('half a million entries are taken, and not one more', () => {
  const members = new Members()
  const entry = file('a')
  for (let count = 0; count < 500_000; count++) members.add(entry)
  expect(() => members.add(entry)).toThrow(expect.objectContaining({ code: 'UNSAFE' }))
})

function membersOf(...entries: TarEntry[]): Members<TarEntry> {
  const members = new Members<TarEntry>()
  for (const entry of entries) members.add(entry)
  return members
}

function file(path: string): TarEntry {
  return { path, type: 'file', size: 1 }
}

function symlink(path: string, linkTarget: string): TarEntry {
  return { path, type: 'symlink', size: 0, linkTarget }
}

function hardlink(path: string, linkTarget: string): TarEntry {
  return { path, type: 'hardlink', size: 0, linkTarget }
}

test('a path that is longer than any system takes is refused, not walked', () => {
  const members = new Members<TarEntry>()
  expect(() => members.find(`${'a/'.repeat(60_000)}b`)).toThrow(expect.objectContaining({ code: 'UNSAFE' }))
})

test('paths and link targets that are kept take of the budget, repeated directories do not', () => {
  const budget = new Budget()
  const members = new Members<TarEntry>(budget)
  const add = () => {
    for (let count = 0; count < 20_000; count++) members.add({ path: 'd/', type: 'directory', size: 0 })
    for (let count = 0; count < 20_000; count++) members.add(symlink(`${count}`, 'a'.repeat(2000)))
  }
  expect(add).toThrow(expect.objectContaining({ code: 'UNSAFE', expected: 'at most 33554432 characters' }))
  expect([...members.paths()].length).toBeGreaterThan(16_000)
})

test('the files of a path that is there often are the same list each time', () => {
  const members = membersOf(...Array.from({ length: 1000 }, () => file('a')))
  expect(members.find('a')).toHaveLength(1000)
  expect(members.find('a')).toBe(members.find('./a'))
})
