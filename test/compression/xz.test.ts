import { describe, expect, test } from 'vitest'
import { unxz } from '../../src/compression/xz.js'
import { collect, inChunks } from '../fixtures/bytes.js'
import { XZ_BLOCKS, XZ_CRC32, XZ_HUGE, XZ_NOTHING, XZ_SHA256, XZ_UNCHECKED, XZ_X86 } from '../fixtures/packed.js'
import { unpackerSuite } from '../suites/unpacker.js'
import { XZ_LAYER } from '../variants/compressed.js'
import { LAYER } from '../variants/variant.js'

unpackerSuite('xz', {
  unpack: unxz,
  one: { packed: XZ_LAYER, plain: LAYER },
  blocks: { packed: XZ_BLOCKS, plain: LAYER },
  nothing: XZ_NOTHING,
  step: 5,
})

test.each([
  ['no check', XZ_UNCHECKED],
  ['a check of CRC32', XZ_CRC32],
])('xz data with %s is read', async (_, bytes) => {
  expect((await collect(unxz(inChunks(bytes, 7)))).equals(LAYER)).toBe(true)
})

test.each([
  ['a check of SHA-256', XZ_SHA256, /check that is not supported/],
  ['a filter for machine code', XZ_X86, /filter or a check that is not supported/],
  ['a dictionary of 1.5 GiB', XZ_HUGE, /more memory/],
])('xz data with %s is refused with a way out, whatever the chunks', async (_, bytes, message) => {
  for (const size of [1, 7, 1000]) {
    await expect(collect(unxz(inChunks(bytes, size)))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringMatching(message),
      hint: expect.stringContaining('xz'),
    })
  }
})

test('what is not supported is refused also in a later stream', async () => {
  const bytes = Buffer.concat([XZ_LAYER, XZ_SHA256])
  await expect(collect(unxz(inChunks(bytes, 50)))).rejects.toMatchObject({ code: 'UNSUPPORTED' })
})

describe('stream padding', () => {
  test.each([
    ['at the end', [XZ_LAYER, Buffer.alloc(4)], 1],
    ['of many bytes at the end', [XZ_LAYER, Buffer.alloc(20_000)], 1],
    ['between streams', [XZ_LAYER, Buffer.alloc(8), XZ_LAYER], 2],
    ['of many bytes between streams', [XZ_LAYER, Buffer.alloc(20_000), XZ_LAYER], 2],
    ['between streams and at the end', [XZ_LAYER, Buffer.alloc(4), XZ_LAYER, Buffer.alloc(12)], 2],
  ])('%s is passed over, whatever the chunks', async (_, parts, times) => {
    const expected = Buffer.concat(Array.from({ length: times }, () => LAYER))
    for (const size of [7, 1_000_000]) {
      expect((await collect(unxz(inChunks(Buffer.concat(parts), size)))).equals(expected)).toBe(true)
    }
  })

  test.each([
    ['of three bytes', [XZ_LAYER, Buffer.alloc(3)]],
    ['of five bytes', [XZ_LAYER, Buffer.alloc(5)]],
    ['of three bytes between streams', [XZ_LAYER, Buffer.alloc(3), XZ_LAYER]],
    ['before the first stream', [Buffer.alloc(4), XZ_LAYER]],
    ['with something in it', [XZ_LAYER, Buffer.from('\0\0\0\0\0\0\0x')]],
  ])('%s is refused, whatever the chunks', async (_, parts) => {
    for (const size of [7, 1_000_000]) {
      await expect(collect(unxz(inChunks(Buffer.concat(parts), size)))).rejects.toMatchObject({ code: 'FORMAT' })
    }
  })
})
