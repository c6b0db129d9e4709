import { expect, test } from 'vitest'
import type { Bytes } from '../../src/bytes/bytes.js'
import { Cursor } from '../../src/bytes/cursor.js'
import { withStickyError } from '../../src/bytes/stickyError.js'
import { collect, content, inChunks } from '../fixtures/bytes.js'

test('bytes that do not fail come through as they are', async () => {
  const bytes = content(5000)
  expect(await collect(withStickyError(inChunks(bytes, 777)))).toEqual(bytes)
})

test('a failure is thrown again, the very same, however often it is asked for', async () => {
  const failure = new Error('disk on fire')
  const iterator = withStickyError(failing(failure))[Symbol.asyncIterator]()
  expect((await iterator.next()).value).toEqual(Buffer.from('ab'))
  for (let time = 0; time < 3; time++) await expect(iterator.next()).rejects.toBe(failure)
})

test('a failure lasts for who begins to read anew, too', async () => {
  const failure = new Error('disk on fire')
  const bytes = withStickyError(failing(failure))
  await expect(collect(bytes)).rejects.toBe(failure)
  await expect(collect(bytes)).rejects.toBe(failure)
})

test('a failure of nothing lasts', async () => {
  const iterator = withStickyError(failing(undefined))[Symbol.asyncIterator]()
  await iterator.next()
  for (let time = 0; time < 2; time++) await expect(iterator.next()).rejects.toBeUndefined()
})

test('a parser that met the failure once meets no end after it', async () => {
  const cursor = new Cursor(withStickyError(failing(new Error('disk on fire'))))
  await expect(cursor.read(10)).rejects.toThrow('disk on fire')
  await expect(cursor.read(10)).rejects.toThrow('disk on fire')
})

test('the end lasts', async () => {
  const iterator = withStickyError(inChunks(content(10), 10))[Symbol.asyncIterator]()
  await iterator.next()
  for (let time = 0; time < 2; time++) expect(await iterator.next()).toMatchObject({ done: true })
})

test('who stops reading closes the source', async () => {
  let isClosed = false
  async function* source(): Bytes {
    try {
      yield* inChunks(content(100), 10)
    } finally {
      isClosed = true
    }
  }
  for await (const chunk of withStickyError(source())) {
    expect(chunk).toHaveLength(10)
    break
  }
  expect(isClosed).toBe(true)
})

test('a source that cannot be closed is left as it is', async () => {
  const source: Bytes = {
    [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: false, value: Buffer.from('a') }) }),
  }
  const iterator = withStickyError(source)[Symbol.asyncIterator]()
  await iterator.next()
  expect(await iterator.return?.()).toMatchObject({ done: true })
})

async function* failing(failure: unknown): Bytes {
  yield Buffer.from('ab')
  throw failure
}
