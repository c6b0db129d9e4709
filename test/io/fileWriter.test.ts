import { open, readFile, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type Bytes, CHUNK } from '../../src/bytes/bytes.js'
import type { Disk } from '../../src/io/blockWriter.js'
import { FileWriter, type FileWriterOptions } from '../../src/io/fileWriter.js'
import { giveBlock, takeBlock } from '../../src/threads/blockPool.js'
import { writeFully } from '../../src/threads/writeFully.js'
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
      parts.map(({ from, to }) => put(file.fd, inChunks(bytes.subarray(from, to), 65_000), { position: from, lasts })),
    )
    expect((await readFile(path)).equals(bytes)).toBe(true)
  })

  test.each([10, CHUNK, 3 * CHUNK])('a failure to write %i bytes is met at the end at the latest', async (length) => {
    await using file = await open(await temporaryFile(Buffer.from('read only')), 'r')
    const writing = put(file.fd, inChunks(content(length), CHUNK), { lasts })
    await expect(writing).rejects.toMatchObject({ code: 'EBADF' })
  })

  test('what was there after it stays', async () => {
    const path = await temporaryFile(content(4 * CHUNK))
    await truncate(path, 4 * CHUNK)
    await using file = await open(path, 'r+')
    await put(file.fd, inChunks(Buffer.alloc(2 * CHUNK, 'x'), CHUNK / 2), { position: 100, lasts })
    expect((await readFile(path)).subarray(100 + 2 * CHUNK).equals(content(4 * CHUNK).subarray(100 + 2 * CHUNK))).toBe(
      true,
    )
  })
})

describe.each([0, 1000])('from byte %i on', (position) => {
  test.each([
    ['refuses', () => Promise.resolve(0)],
    ['is slow', slowly],
  ])('a disk that %s is left, and the file has what was written', async (_, write) => {
    const bytes = content(14 * CHUNK + 77)
    let taken = 0
    const path = join(await temporaryDirectory(), 'file')
    await using file = await open(path, 'w')
    const disk: Disk = {
      write: (pages, at) => {
        taken++
        return write(file.fd, pages, at)
      },
      close: () => {},
    }
    await put(file.fd, inChunks(bytes, 700_001), { position, lasts: true, diskOf: () => disk })
    expect((await readFile(path)).subarray(position).equals(bytes)).toBe(true)
    expect(taken).toBeGreaterThan(0)
    expect(taken).toBeLessThan(12)
  })
})

async function slowly(file: number, pages: Uint8Array, at: number): Promise<number> {
  await setTimeout(5)
  writeFully(file, pages, at)
  return pages.length
}

async function written(bytes: Bytes, options: FileWriterOptions): Promise<Buffer> {
  const path = join(await temporaryDirectory(), 'file')
  await using file = await open(path, 'w')
  await put(file.fd, bytes, options)
  return await readFile(path)
}

async function put(file: number, bytes: Bytes, options: FileWriterOptions): Promise<void> {
  const writer = new FileWriter(file, { cached: CHUNK, ...options })
  try {
    for await (const chunk of bytes) await writer.write(chunk)
    await writer.end()
  } finally {
    await writer.close()
  }
}
