import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { CHUNK } from '../../src/bytes/bytes.js'
import { BlockWriter, type Disk } from '../../src/io/blockWriter.js'
import { giveBlock, takeBlock } from '../../src/threads/blockPool.js'
import { writeFully } from '../../src/threads/writeFully.js'
import { content, shared } from '../fixtures/bytes.js'
import { temporaryDirectory } from '../fixtures/directory.js'

describe('of a disk that does not take all', () => {
  test.each([
    ['nothing', 0],
    ['a quarter', 1 / 4],
  ])('the rest goes by way of the cache: it takes %s', async (_, share) => {
    const bytes = content(3 * CHUNK + 100)
    const path = join(await temporaryDirectory(), 'file')
    await using file = await open(path, 'w')
    const writer = new BlockWriter(file.fd, taking(file.fd, share), 0)
    for (let at = 0; at < bytes.length; at += 300_000) await writer.write(bytes.subarray(at, at + 300_000))
    await writer.end()
    await writer.close()
    expect((await readFile(path)).equals(bytes)).toBe(true)
  })
})

test('a failure is met by the block after it, or at the end', async () => {
  const path = join(await temporaryDirectory(), 'file')
  await using file = await open(path, 'w')
  const burning: Disk = { write: () => Promise.reject(new Error('disk on fire')), close: () => {} }
  const ended = new BlockWriter(file.fd, burning, 0)
  await ended.write(shared(content(CHUNK)))
  await expect(ended.end()).rejects.toThrow('disk on fire')
  await ended.close()
  const continued = new BlockWriter(file.fd, burning, 0)
  await continued.write(shared(content(CHUNK)))
  await expect(continued.write(shared(content(CHUNK)))).rejects.toThrow('disk on fire')
  await continued.close()
})

test('whole pages are written from where they are, in their place', async () => {
  const path = join(await temporaryDirectory(), 'file')
  await using file = await open(path, 'w')
  const disk = taking(file.fd, 1)
  const writer = new BlockWriter(file.fd, disk, CHUNK)
  const block = takeBlock()
  block.set(content(CHUNK))
  await writer.write(block)
  await writer.write(block.subarray(0, CHUNK / 2))
  await writer.write(block.subarray(0, 100))
  await writer.end()
  await writer.close()
  expect(disk.taken).toEqual([block, block.subarray(0, CHUNK / 2)])
  giveBlock(block)
  const part = content(CHUNK)
  const expected = Buffer.concat([Buffer.alloc(CHUNK), part, part.subarray(0, CHUNK / 2), part.subarray(0, 100)])
  expect((await readFile(path)).equals(expected)).toBe(true)
})

test('of a fast disk, all goes there; of a slow one, or one that takes nothing, no more than it takes to know', async () => {
  const path = join(await temporaryDirectory(), 'file')
  await using file = await open(path, 'w')
  const fast = taking(file.fd, 1)
  const write: Disk['write'] = async (pages, position) => {
    await setTimeout(5)
    return fast.write(pages, position)
  }
  const slow = { ...fast, write }
  expect(await judged(file.fd, fast, 20)).toBe(true)
  expect(await judged(file.fd, slow, 7)).toBe(true)
  expect(await judged(file.fd, slow, 8)).toBe(false)
  expect(await judged(file.fd, taking(file.fd, 0), 1)).toBe(false)
})

/** What a writer thinks of a disk after so many blocks. */
async function judged(file: number, disk: Disk, blocks: number): Promise<boolean> {
  const writer = new BlockWriter(file, disk, 0)
  const block = takeBlock()
  for (let n = 0; n < blocks; n++) await writer.write(block)
  giveBlock(block)
  await writer.end()
  await writer.close()
  return writer.isWorthwhile
}

/** A disk that takes a share of what it is given. */
function taking(file: number, share: number): Disk & { taken: Uint8Array[] } {
  const taken: Uint8Array[] = []
  const write = (pages: Uint8Array, position: number) => {
    const part = pages.subarray(0, pages.length * share)
    taken.push(part)
    writeFully(file, part, position)
    return Promise.resolve(part.length)
  }
  return { taken, write, close: () => {} }
}
