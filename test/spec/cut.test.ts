import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutShort, cutWithin, listShort, quoted } from '../../src/spec/cut.js'

test('what is short stays as it is', () => {
  expect(cutShort('a'.repeat(300))).toBe('a'.repeat(300))
  expect(cutShort(42)).toBe('42')
  expect(cutWithin('a'.repeat(300))).toBe('a'.repeat(300))
})

test('of what is long the start is left', () => {
  expect(cutShort('a'.repeat(301))).toBe(`${'a'.repeat(300)}…`)
  expect(cutShort('abcdef', 3)).toBe('abc…')
})

test('of a long sentence both ends are left', () => {
  const cut = cutWithin(`its name, ${'n'.repeat(5000)}, is odd; it is ignored`)
  expect(cut).toMatch(/^its name, n+…n+, is odd; it is ignored$/)
  expect(cut).toHaveLength(300)
})

test('no cut tears a pair of surrogates', () => {
  const character = fc.constantFrom('a', '😀', '\u{e0001}')
  fc.assert(
    fc.property(fc.array(character, { minLength: 5, maxLength: 30 }), fc.integer({ min: 3, max: 20 }), (list, most) => {
      const text = list.join('')
      for (const cut of [cutShort(text, most), cutWithin(text, most)]) {
        expect(cut.isWellFormed()).toBe(true)
        expect(cut.length).toBeLessThanOrEqual(most + 1)
      }
    }),
  )
})

test('a quoted text has escapes, and no more of a long one than can be told', () => {
  expect(quoted('a"\n')).toBe('"a\\"\\n"')
  expect(quoted('a'.repeat(10_000)).length).toBeLessThan(310)
  expect(cutShort(quoted('a'.repeat(10_000)))).toBe(cutShort(JSON.stringify('a'.repeat(10_000))))
})

describe('a list of texts', () => {
  test('is told whole if there is room', () => {
    expect(listShort([])).toBe('')
    expect(listShort(['a'])).toBe('a')
    expect(listShort(['a', 'b', 'c'])).toBe('a, b, c')
  })

  test('says how many are left out, of which there are too many', () => {
    expect(listShort(['a', 'b', 'c'], 2)).toBe('a, b and 1 more')
    const many = Array.from({ length: 100_000 }, (_, at) => `name${at}`)
    expect(listShort(many)).toMatch(/^name0, name1, .* and 999\d\d more$/)
    expect(listShort(many).length).toBeLessThanOrEqual(300)
  })

  test('tells the start of a first one that is too long', () => {
    expect(listShort(['a'.repeat(1e6), 'b'])).toMatch(/^a+… and 1 more$/)
    expect(listShort(['a'.repeat(1e6), 'b']).length).toBeLessThanOrEqual(300)
  })
})
