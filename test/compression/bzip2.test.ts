import { expect, test } from 'vitest'
import { unbzip2 } from '../../src/compression/bzip2.js'
import { collect, inChunks } from '../fixtures/bytes.js'
import { BZIP2_BLOCKS, BZIP2_NOTHING, YES } from '../fixtures/packed.js'
import { unpackerSuite } from '../suites/unpacker.js'
import { BZIP2_LAYER } from '../variants/compressed.js'
import { LAYER } from '../variants/variant.js'

unpackerSuite('bzip2', {
  unpack: unbzip2,
  one: { packed: BZIP2_LAYER, plain: LAYER },
  blocks: { packed: BZIP2_BLOCKS, plain: YES },
  nothing: BZIP2_NOTHING,
  // A block may end in any byte.
  step: 1,
})

test.each([
  ['is cut off behind its first four bytes', BZIP2_LAYER.subarray(0, 4)],
  ['is followed by the first four bytes of another', Buffer.concat([BZIP2_LAYER, BZIP2_LAYER.subarray(0, 4)])],
  ['is followed by zeros', Buffer.concat([BZIP2_LAYER, Buffer.alloc(512)])],
])('bzip2 data that %s is refused, whatever the chunks', async (_, bytes) => {
  for (const size of [1, 1000]) {
    await expect(collect(unbzip2(inChunks(bytes, size)))).rejects.toMatchObject({
      code: 'FORMAT',
      message: expect.stringContaining('bzip2 data is damaged'),
    })
  }
})
