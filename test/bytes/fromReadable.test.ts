import { PassThrough, Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { CHUNK } from '../../src/bytes/bytes.js'
import { fromReadable } from '../../src/bytes/fromReadable.js'
import { collect, content } from '../fixtures/bytes.js'

test('the bytes of a stream come whole and in order', async () => {
  const bytes = content(5 * CHUNK)
  const pieces = Array.from({ length: 80 }, (_, at) => bytes.subarray((at * CHUNK) / 16, ((at + 1) * CHUNK) / 16))
  expect((await collect(fromReadable(Readable.from(pieces, { objectMode: false })))).equals(bytes)).toBe(true)
})

test('a stream that has nothing ends', async () => {
  expect(await collect(fromReadable(Readable.from([])))).toHaveLength(0)
})

test('a stream stops when enough waits, and goes on when that is taken', async () => {
  const stream = new PassThrough({ highWaterMark: CHUNK })
  const bytes = fromReadable(stream)[Symbol.asyncIterator]()
  const first = bytes.next()
  stream.write(content(CHUNK))
  expect((await first).value).toHaveLength(CHUNK)
  expect(stream.isPaused()).toBe(true)
  const second = bytes.next()
  stream.end(content(10))
  expect((await second).value).toHaveLength(10)
  expect((await bytes.next()).done).toBe(true)
})

test('an error of the stream follows what came before it', async () => {
  const stream = new PassThrough()
  const bytes = fromReadable(stream)[Symbol.asyncIterator]()
  stream.write('x')
  expect(Buffer.from((await bytes.next()).value ?? []).toString()).toBe('x')
  stream.destroy(new Error('disk on fire'))
  await expect(bytes.next()).rejects.toThrow('disk on fire')
})

test('a stream that ended before gives its end', async () => {
  const stream = Readable.from([])
  await collect(stream)
  expect(await collect(fromReadable(stream))).toHaveLength(0)
})

test('a stream that failed before gives its error', async () => {
  const stream = new PassThrough().on('error', () => {})
  stream.destroy(new Error('disk on fire'))
  // At first it is not closed yet, then it is.
  for (let times = 0; times < 2; times++) await expect(collect(fromReadable(stream))).rejects.toThrow('disk on fire')
})

test('a stream that is closed before its end is refused', async () => {
  const before = new PassThrough()
  before.destroy()
  await expect(collect(fromReadable(before))).rejects.toMatchObject({ code: 'FORMAT' })
  const stream = new Readable({ read() {} })
  const bytes = fromReadable(stream)[Symbol.asyncIterator]()
  stream.push('x')
  expect(Buffer.from((await bytes.next()).value ?? []).toString()).toBe('x')
  stream.destroy()
  await expect(bytes.next()).rejects.toMatchObject({ code: 'FORMAT' })
})

test('the signal ends a stream in which nothing arrives, with its reason', async () => {
  const controller = new AbortController()
  const stream = new PassThrough()
  const reading = collect(fromReadable(stream, controller.signal))
  controller.abort(new Error('enough'))
  await expect(reading).rejects.toThrow('enough')
  expect(stream.destroyed).toBe(true)
})

test('a signal that has aborted before lets nothing through', async () => {
  const stream = Readable.from([Buffer.from('x')])
  await expect(collect(fromReadable(stream, AbortSignal.abort()))).rejects.toMatchObject({ name: 'AbortError' })
  expect(stream.destroyed).toBe(true)
})

test('whoever stops reading destroys the stream', async () => {
  const stream = Readable.from([Buffer.from('x'), Buffer.from('y')])
  for await (const _ of fromReadable(stream)) break
  expect(stream.destroyed).toBe(true)
})
