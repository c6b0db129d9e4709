import { open, readFile, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { giveBlock, takeBlock } from '../../src/bytes/blocks.js'
import { type Bytes, CHUNK } from '../../src/bytes/bytes.js'
import { FileWriter } from '../../src/bytes/fileWriter.js'
import { content, inChunks } from '../fixtures/bytes.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'

describe.each([true, false])('what lasts: %s', (lasts) => {
  test.each([
    ['nothing', 0, 1, 0],
    ['a few bytes', 1000, 7, 0],
    ['a block less a byte', CHUNK - 1, 1000, 0],
    ['a block', CHUNK, CHUNK, 0],
    ['a block in small chunks', CHUNK, 1000, 0],
    ['a block and a byte', CHUNK + 1, CHUNK, 0],
    ['several blocks and some bytes', 3 * CHUNK + 77, CHUNK, 0],
    ['several blocks in small chunks', 3 * CHUNK + 77, 70_001, 0],
    ['several blocks in large chunks', 7 * CHUNK + 77, 2.5 * CHUNK, 0],
    ['a few bytes further on', 1000, 7, 512],
    ['several blocks, from within one', 3 * CHUNK + 77, CHUNK, 1536],
    ['several blocks, from the start of one', 3 * CHUNK + 77, 65_536, 2 * CHUNK],
    ['as much as is left of a block', 100, 10, CHUNK - 100],
  ])('%s: the file has what was written, and only that', async (_, length, size, position) => {
    const bytes = content(length)
    const found = await written(inChunks(bytes, size), { position, lasts })
    expect(found.subarray(position).equals(bytes)).toBe(true)
    expect(found.subarray(0, position).every((byte) => byte === 0)).toBe(true)
  })

  test('chunks of whole pages are written where they belong among others', async () => {
    const bytes = content(6 * CHUNK + 5)
    async function* mixed(): Bytes {
      const block = takeBlock()
      for (const [from, to] of [
        [0, CHUNK],
        [CHUNK, CHUNK + 9],
        [CHUNK + 9, 2 * CHUNK + 9],
        [2 * CHUNK + 9, 3 * CHUNK],
        [3 * CHUNK, 4 * CHUNK],
        [4 * CHUNK, 4.5 * CHUNK],
        [4.5 * CHUNK, 5.5 * CHUNK],
        [5.5 * CHUNK, 6 * CHUNK + 5],
      ] as const) {
        const chunk = to - from <= CHUNK ? block.subarray(0, to - from) : new Uint8Array(to - from)
        chunk.set(bytes.subarray(from, to))
        yield chunk
      }
      giveBlock(block)
    }
    expect((await written(mixed(), { lasts })).equals(bytes)).toBe(true)
  })

  test('a chunk can be used again once it is taken', async () => {
    const block = takeBlock()
    async function* again(): Bytes {
      for (let turn = 1; turn <= 5; turn++) yield block.subarray(0, CHUNK - turn).fill(turn)
    }
    const found = await written(again(), { lasts })
    giveBlock(block)
    for (let turn = 1, at = 0; turn <= 5; at += CHUNK - turn++)
      expect(found.subarray(at, at + CHUNK - turn).equals(Buffer.alloc(CHUNK - turn, turn))).toBe(true)
  })

  test('parts of one file are written at the same time', async () => {
    const bytes = content(8 * CHUNK + 1000)
    const cuts = [0, 2 * CHUNK + 512, 5 * CHUNK - 512, bytes.length]
    const path = join(await temporaryDirectory(), 'file')
    await using file = await open(path, 'w')
    const parts = cuts.slice(1).map((to, at) => ({ from: cuts[at] ?? 0, to }))
    await Promise.all(
      parts.map(({ from, to }) =>
        write(file.fd, inChunks(bytes.subarray(from, to), 65_000), { position: from, lasts }),
      ),
    )
    expect((await readFile(path)).equals(bytes)).toBe(true)
  })

  test.each([10, CHUNK, 3 * CHUNK])('a failure to write %i bytes is met at the end at the latest', async (length) => {
    await using file = await open(await temporaryFile(Buffer.from('read only')), 'r')
    const writing = write(file.fd, inChunks(content(length), CHUNK), { lasts })
    await expect(writing).rejects.toMatchObject({ code: 'EBADF' })
  })

  test('what was there after it stays', async () => {
    const path = await temporaryFile(content(4 * CHUNK))
    await truncate(path, 4 * CHUNK)
    await using file = await open(path, 'r+')
    await write(file.fd, inChunks(Buffer.alloc(2 * CHUNK, 'x'), CHUNK / 2), { position: 100, lasts })
    expect((await readFile(path)).subarray(100 + 2 * CHUNK).equals(content(4 * CHUNK).subarray(100 + 2 * CHUNK))).toBe(
      true,
    )
  })
})

interface Options {
  position?: number
  lasts: boolean
}

async function written(bytes: Bytes, options: Options): Promise<Buffer> {
  const path = join(await temporaryDirectory(), 'file')
  await using file = await open(path, 'w')
  await write(file.fd, bytes, options)
  return await readFile(path)
}

async function write(file: number, bytes: Bytes, options: Options): Promise<void> {
  const writer = new FileWriter(file, options)
  try {
    for await (const chunk of bytes) await writer.write(chunk)
    await writer.end()
  } finally {
    await writer.close()
  }
}
