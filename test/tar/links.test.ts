import { describe, expect, test } from 'vitest'
import { Budget } from '../../src/spec/budget.js'
import type { TarEntry } from '../../src/tar/entry.js'
import { Members } from '../../src/tar/members.js'

/** As many parts as a path may have. */
const MOST_PARTS = 256

describe('work does not grow with the product of', () => {
  test('links and the parts of their targets: each is followed once', () => {
    const { members, steps } = counted()
    const deep = 'd/'.repeat(200)
    for (let chain = 0; chain < 20; chain++) {
      for (let at = 0; at < 39; at++) link(members, `c${chain}-${at}`, at < 38 ? `${deep}../c${chain}-${at + 1}` : 'f')
    }
    members.add({ path: 'f', type: 'file', size: 1 })
    const find = () => {
      for (let chain = 0; chain < 20; chain++) expect(() => members.find(`c${chain}-0`)).not.toThrow()
    }
    find()
    const first = steps()
    expect(first).toBeGreaterThan(0)
    expect(first).toBeLessThan(20 * 40 * 210)
    for (let count = 0; count < 100; count++) find()
    expect(steps()).toBe(first)
  })

  test('spellings and parts: those of one path share the answer', () => {
    const { members, steps } = counted()
    const deep = 'd/'.repeat(MOST_PARTS - 1)
    link(members, 'l', `/${deep}f`)
    members.add({ path: `${deep}f`, type: 'file', size: 1 })
    for (let count = 0; count < 2000; count++) {
      const spelling = Array.from({ length: 11 }, (_, bit) => ((count >> bit) & 1 ? './' : '/')).join('')
      expect(members.find(`${spelling}l`)).toHaveLength(1)
    }
    expect(steps()).toBe(MOST_PARTS)
  })

  test('names and the parts of their directory', () => {
    const { members, steps } = counted()
    const deep = 'd/'.repeat(MOST_PARTS - 1)
    link(members, 'l', 'x')
    for (let count = 0; count < 1000; count++) members.find(`${deep}${count}`)
    expect(steps()).toBe(MOST_PARTS - 1)
  })
})

test('links count as often as they are met, whoever met them first', () => {
  const { members } = counted()
  for (let at = 0; at < 50; at++) link(members, `l${at}`, at === 0 ? 'f' : `l${at - 1}`)
  members.add({ path: 'f', type: 'file', size: 1 })
  for (let at = 0; at < 40; at++) expect(members.find(`l${at}`)).toHaveLength(1)
  for (let at = 40; at < 50; at++) {
    expect(() => members.find(`l${at}`)).toThrow(expect.objectContaining({ code: 'UNSAFE', where: `l${at}` }))
  }
})

test('a link that comes after something was found is followed', () => {
  const { members } = counted()
  link(members, 'other', 'x')
  members.add({ path: 'real/f', type: 'file', size: 1 })
  expect(members.find('dir/f')).toEqual([])
  link(members, 'dir', 'real')
  expect(members.find('dir/f')).toHaveLength(1)
})

test.each(['path', 'target of a link'])('a %s of more parts than any is refused', (what) => {
  const { members } = counted()
  const long = 'd/'.repeat(MOST_PARTS)
  link(members, 'l', `${long}f`)
  expect(() => members.find(what === 'path' ? `${long}f` : 'l')).toThrow(
    expect.objectContaining({ code: 'UNSAFE', expected: `at most ${MOST_PARTS}`, found: MOST_PARTS + 1 }),
  )
  expect(() => members.find(`${'./'.repeat(1000)}${'d/'.repeat(MOST_PARTS - 1)}f`)).not.toThrow()
})

test('steps of a run are bounded', () => {
  const budget = new Budget()
  const members = new Members<TarEntry>(budget)
  link(members, 'l', 'x')
  const search = () => {
    for (let count = 0; ; count++) members.find(`${count}/${'d/'.repeat(250)}f`)
  }
  expect(search).toThrow(expect.objectContaining({ code: 'UNSAFE' }))
  expect(budget.isSpent).toBe(true)
})

function link(members: Members<TarEntry>, path: string, to: string) {
  members.add({ path, type: 'symlink', size: 0, linkTarget: to })
}

/** Members, and how many steps were taken to find them. */
function counted() {
  const budget = new Budget()
  let taken = 0
  const steps = {
    take: (count: number) => {
      taken += count
    },
  }
  return {
    members: new Members<TarEntry>({
      paths: budget.paths,
      steps: Object.assign(budget.steps, steps),
    }),
    steps: () => taken,
  }
}
