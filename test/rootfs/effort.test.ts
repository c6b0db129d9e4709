import { expect, test } from 'vitest'
import { Effort } from '../../src/rootfs/effort.js'

test('any number of entries may have paths of sixty names', () => {
  const effort = new Effort()
  for (let entry = 0; entry < 300_000; entry++) {
    effort.allowEntry()
    for (let name = 0; name < 60; name++) effort.spend()
  }
  expect(() => effort.spend()).not.toThrow()
})

test('entries with paths of a thousand names come to an end', () => {
  const effort = new Effort()
  let entries = 0
  expect(() => {
    for (; entries < 1_000_000; entries++) {
      effort.allowEntry()
      for (let name = 0; name < 1000; name++) effort.spend()
    }
  }).toThrow(expect.objectContaining({ code: 'UNSAFE' }))
  expect(entries).toBeGreaterThan(2000)
  expect(entries).toBeLessThan(3000)
})
