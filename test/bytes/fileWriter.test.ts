import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Bytes, CHUNK } from '../../src/bytes/bytes.js'
import { FileWriter } from '../../src/bytes/fileWriter.js'
import { content, inChunks } from '../fixtures/bytes.js'
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
  const writer = new FileWriter(file.fd, 3)
  writer.write(Buffer.from('ab'))
  writer.write(Buffer.from('c'))
  writer.end()
  expect(await readFile(path, 'utf8')).toBe('012abc6789')
})

test.each([10, CHUNK])('a failure to write chunks of %i bytes is met at the end at the latest', async (size) => {
  const path = await temporaryFile(Buffer.from('read only'))
  await using file = await open(path, 'r')
  const writer = new FileWriter(file.fd)
  const writing = () => {
    writer.write(content(size))
    writer.end()
  }
  expect(writing).toThrow(expect.objectContaining({ code: 'EBADF' }))
})

async function written(bytes: Bytes): Promise<Buffer> {
  const path = join(await temporaryDirectory(), 'file')
  await using file = await open(path, 'w')
  const writer = new FileWriter(file.fd)
  for await (const chunk of bytes) writer.write(chunk)
  writer.end()
  return await readFile(path)
}
