import { expect, test } from 'vitest'
import { contextOf, type Progress } from '../../src/bytes/context.js'
import { Overall } from '../../src/bytes/overall.js'
import { collect, content, inChunks } from '../fixtures/bytes.js'

test('what is expected is counted once, begun or not, and no more when it is forgotten', () => {
  const overall = new Overall()
  overall.expect({ name: 'a', size: 10 })
  overall.expect({ name: 'a', size: 10 })
  overall.expect({ name: 'b', size: 5 })
  expect(overall.total).toBe(15)
  overall.begin({ name: 'a', size: 10 })
  overall.forget('a')
  expect(overall.total).toBe(15)
  overall.forget('b')
  expect(overall.total).toBe(10)
})

test('what passes adds up over all pieces, and the end is all that was expected', async () => {
  const seen: Progress['overall'][] = []
  const context = contextOf({ onProgress: ({ overall }) => seen.push(overall) })
  for (const name of ['a', 'b']) context.overall.expect({ name, size: 10 })
  for (const name of ['a', 'b', 'c']) await collect(context.watch({ name, size: 10 }, inChunks(content(10), 5)))
  expect(seen.map(({ done, total }) => [done, total])).toEqual([
    [5, 20],
    [10, 20],
    [10, 20],
    [15, 20],
    [20, 20],
    [20, 20],
    [25, 30],
    [30, 30],
    [30, 30],
  ])
})

test('what is left of a piece that nobody reads on is expected no more', async () => {
  const context = contextOf({})
  for await (const chunk of context.watch({ name: 'a', size: 10 }, inChunks(content(10), 4))) {
    expect(chunk).toHaveLength(4)
    break
  }
  expect(context.overall).toMatchObject({ done: 4, total: 4 })
})
