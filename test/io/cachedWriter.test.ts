import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Bytes, CHUNK } from '../../src/bytes/bytes.js'
import { CachedWriter } from '../../src/io/cachedWriter.js'
import { isSystemError } from '../../src/spec/errors.js'
import { content, inChunks, shared } from '../fixtures/bytes.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'

const LARGE = CHUNK / 4

test.each([
  ['nothing', 0, 1],
  ['small chunks that fit into one write', 1000, 7],
  ['small chunks that need several writes', 2.5 * CHUNK, 100_001],
  ['small chunks that fill a write exactly', 2 * CHUNK, CHUNK / 8],
  ['large chunks', 3 * CHUNK + 1, CHUNK],
  ['chunks on the edge of large', CHUNK, LARGE],
])('%s: the file has what was written', async (_, length, size) => {
  const bytes = content(length)
  expect((await written(inChunks(bytes, size))).equals(bytes)).toBe(true)
})

test('shared memory is written in another thread, in its place among the rest', async () => {
  const bytes = content(3 * CHUNK + 77)
  async function* mixed(): Bytes {
    yield* inChunks(bytes.subarray(0, 1000), 300)
    yield shared(bytes.subarray(1000, CHUNK))
    yield* inChunks(bytes.subarray(CHUNK, CHUNK + 5), 2)
    yield shared(bytes.subarray(CHUNK + 5))
  }
  expect((await written(mixed())).equals(bytes)).toBe(true)
})

test('what the system says when another thread cannot write is its error', async () => {
  await using file = await open(await temporaryFile(Buffer.from('read only')), 'r')
  const writing = new CachedWriter(file.fd).write(shared(content(CHUNK)))
  await expect(writing).rejects.toSatisfy((error) => isSystemError(error, 'EBADF'))
})

test('large and small chunks stay in their order', async () => {
  const bytes = content(2 * CHUNK)
  async function* mixed(): Bytes {
    const cuts = [0, 5, LARGE + 5, LARGE + 9, CHUNK, CHUNK + 1, 2 * CHUNK]
    for (const [at, cut] of cuts.entries()) yield* inChunks(bytes.subarray(cuts[at - 1] ?? 0, cut), CHUNK)
  }
  expect((await written(mixed())).equals(bytes)).toBe(true)
})

test('what was there stays, up to where the writing starts and after it ends', async () => {
  const path = await temporaryFile(Buffer.from('0123456789'))
  await using file = await open(path, 'r+')
  const writer = new CachedWriter(file.fd, 3)
  await writer.write(Buffer.from('ab'))
  await writer.write(Buffer.from('c'))
  writer.end()
  expect(await readFile(path, 'utf8')).toBe('012abc6789')
})

test.each([10, CHUNK])('a failure to write chunks of %i bytes is met at the end at the latest', async (size) => {
  const path = await temporaryFile(Buffer.from('read only'))
  await using file = await open(path, 'r')
  const writer = new CachedWriter(file.fd)
  const writing = async () => {
    await writer.write(content(size))
    writer.end()
  }
  await expect(writing()).rejects.toMatchObject({ code: 'EBADF' })
})

async function written(bytes: Bytes): Promise<Buffer> {
  const path = join(await temporaryDirectory(), 'file')
  await using file = await open(path, 'w')
  const writer = new CachedWriter(file.fd)
  for await (const chunk of bytes) await writer.write(chunk)
  writer.end()
  return await readFile(path)
}
