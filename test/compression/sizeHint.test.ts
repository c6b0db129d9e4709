import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { single } from '../../src/bytes/bytes.js'
import { sizeHint } from '../../src/compression/sizeHint.js'
import { zstd } from '../../src/compression/zstd.js'
import type { Packing } from '../../src/spec/compression.js'
import { collect, content, inChunks, noise } from '../fixtures/bytes.js'

describe('gzip', () => {
  test.each([0, 1, 5000])('says that it has %i bytes', async (length) => {
    expect(await hintOf('gzip', gzipSync(content(length)))).toBe(length)
  })

  test('says it also of content that does not compress', async () => {
    expect(await hintOf('gzip', gzipSync(noise(1_000_000)))).toBe(1_000_000)
  })

  test('says it of its last member only', async () => {
    const members = [gzipSync(content(10_000)), gzipSync(content(3000))]
    expect(await hintOf('gzip', Buffer.concat(members))).toBe(3000)
  })

  test('is not believed where that cannot be', async () => {
    const members = [gzipSync(noise(10_000)), gzipSync(Buffer.alloc(0))]
    expect(await hintOf('gzip', Buffer.concat(members))).toBeUndefined()
    expect(await hintOf('gzip', Buffer.concat([gzipSync(noise(10_000)), Buffer.alloc(4)]))).toBeUndefined()
  })

  test('says numbers beyond 2^31', async () => {
    const bytes = gzipSync(Buffer.alloc(1))
    bytes.writeUInt32LE(0xffff_fff0, bytes.length - 4)
    expect(await hintOf('gzip', bytes)).toBe(0xffff_fff0)
  })

  test('that is too short for gzip says nothing', async () => {
    expect(await hintOf('gzip', Buffer.alloc(17, 1))).toBeUndefined()
  })

  test('data has its size read from its last four bytes', async () => {
    const bytes = gzipSync(noise(100_000))
    const starts: number[] = []
    const open = (start: number) => {
      starts.push(start)
      return single(bytes.subarray(start))
    }
    expect(await sizeHint({ packing: 'gzip', size: bytes.length, open })).toBe(100_000)
    expect(starts).toEqual([bytes.length - 4])
  })
})

describe('zstd', () => {
  // RFC 8878, 3.1.1.1: descriptor, window, dictionary, content size.
  test.each<[string, number[], number]>([
    ['one byte, of a single segment', [0x20, 200], 200],
    ['two bytes, less 256', [0x40, 0, ...le(500, 2)], 756],
    ['two bytes of a single segment', [0x60, ...le(65_535, 2)], 65_791],
    ['four bytes', [0x80, 0, ...le(3_000_000_000, 4)], 3_000_000_000],
    ['eight bytes', [0xc0, 0, ...le(5_000_000_000, 8)], 5_000_000_000],
    ['four bytes after a dictionary of one', [0x81, 0, 9, ...le(70_000, 4)], 70_000],
    ['four bytes after a dictionary of two', [0xa2, 9, 9, ...le(70_000, 4)], 70_000],
    ['eight bytes after a dictionary of four', [0xe3, 9, 9, 9, 9, ...le(70_000, 8)], 70_000],
  ])('says its size in %s', async (_, header, size) => {
    const frame = Buffer.concat([MAGIC, Buffer.from(header), Buffer.alloc(100)])
    expect(await hintOf('zstd', frame)).toBe(size)
  })

  test('need not say it', async () => {
    expect(await hintOf('zstd', Buffer.concat([MAGIC, Buffer.from([0, 0x58]), Buffer.alloc(100)]))).toBeUndefined()
    expect(await hintOf('zstd', await collect(zstd(single(content(5000)), { jobs: 2 })))).toBeUndefined()
  })

  test('says nothing if it starts with a frame to be skipped', async () => {
    const skipped = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4])
    expect(await hintOf('zstd', Buffer.concat([skipped, MAGIC, Buffer.from([0x20, 200]), Buffer.alloc(99)]))).toBe(
      undefined,
    )
  })

  test('is not believed where its content would be shorter than itself', async () => {
    expect(await hintOf('zstd', Buffer.concat([MAGIC, Buffer.from([0x20, 200]), noise(5000)]))).toBeUndefined()
  })

  test.each([0, 4, 12])('that ends after %i bytes says nothing', async (length) => {
    const frame = Buffer.concat([MAGIC, Buffer.from([0xc0, 0, ...le(5000, 8)])])
    expect(await hintOf('zstd', frame.subarray(0, length))).toBeUndefined()
  })
})

const MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])

function le(value: number, length: number): number[] {
  return Array.from({ length }, (_, at) => Math.floor(value / 256 ** at) % 256)
}

function hintOf(packing: Packing, bytes: Buffer): Promise<number | undefined> {
  return sizeHint({ packing, size: bytes.length, open: (start) => inChunks(bytes.subarray(start), 3) })
}
