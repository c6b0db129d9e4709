import { expect, test } from 'vitest'
import type { Bytes } from '../../src/bytes/bytes.js'
import { fork } from '../../src/bytes/fork.js'
import { collect, content, inChunks } from '../fixtures/bytes.js'

test('two readers get the same bytes', async () => {
  const bytes = content(1000)
  const [a, b] = fork(inChunks(bytes, 7)).branches
  expect(await Promise.all([collect(a), collect(b)])).toEqual([bytes, bytes])
})

test('no reader is a chunk ahead of the other', async () => {
  const [a, b] = fork(inChunks(content(10), 1)).branches
  let difference = 0
  const count = async (bytes: Bytes, step: number) => {
    for await (const _ of bytes) {
      difference += step
      expect(Math.abs(difference)).toBeLessThanOrEqual(1)
    }
  }
  await Promise.all([count(a, 1), count(b, -1)])
  expect(difference).toBe(0)
})

test('an error of the source reaches both', async () => {
  async function* failing(): Bytes {
    yield Buffer.from('x')
    throw new Error('disk on fire')
  }
  const results = await Promise.allSettled(fork(failing()).branches.map(collect))
  expect(results.map((result) => result.status === 'rejected' && String(result.reason))).toEqual([
    'Error: disk on fire',
    'Error: disk on fire',
  ])
})

test.each([
  ['first', 0],
  ['second', 1],
])('stopping ends the %s reader that waits for the other, and the source', async (_, at) => {
  const { source, ended } = watched()
  const { branches, stop } = fork(source)
  const iterators = branches.map((branch) => branch[Symbol.asyncIterator]())
  await Promise.all(iterators.map((iterator) => iterator.next()))
  const waiting = iterators[at]?.next()
  stop()
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  await expect(iterators[1 - at]?.next()).rejects.toMatchObject({ name: 'AbortError' })
  await ended
})

test('stopping ends readers that never started, and needs none', async () => {
  const { branches, stop } = fork(inChunks(content(10), 1))
  stop()
  fork(inChunks(content(10), 1)).stop()
  for (const branch of branches) await expect(collect(branch)).rejects.toMatchObject({ name: 'AbortError' })
})

test('stopping at the end changes nothing', async () => {
  const { branches, stop } = fork(inChunks(content(10), 1))
  const read = await Promise.all(branches.map(collect))
  stop()
  expect(read).toEqual([content(10), content(10)])
})

function watched() {
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  async function* source(): Bytes {
    try {
      yield* inChunks(content(10), 1)
    } finally {
      end()
    }
  }
  return { source: source(), ended }
}
