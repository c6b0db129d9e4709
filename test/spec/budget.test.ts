import { expect, test } from 'vitest'
import { Budget } from '../../src/spec/budget.js'

const MiB = 1024 * 1024

test('as much as there is may be taken, and not one more', () => {
  const { documents } = new Budget()
  documents.take(64 * MiB)
  expect(documents.hasRoomFor(0)).toBe(true)
  expect(documents.hasRoomFor(1)).toBe(false)
  expect(() => documents.take(1)).toThrow(
    expect.objectContaining({ code: 'UNSAFE', expected: 'at most 67108864 bytes', found: '67108865 or more' }),
  )
})

test('what is given back may be taken again', () => {
  const { paths } = new Budget()
  paths.take(32 * MiB)
  paths.give(10)
  expect(() => paths.take(10)).not.toThrow()
})

test('a budget of which anything was refused is spent', () => {
  const budget = new Budget()
  expect(budget.isSpent).toBe(false)
  expect(() => budget.steps.take(Number.POSITIVE_INFINITY)).toThrow(expect.objectContaining({ code: 'UNSAFE' }))
  expect(budget.isSpent).toBe(true)
  expect(budget.paths.isSpent).toBe(false)
})
