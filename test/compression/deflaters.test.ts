import { inflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { CHUNK } from '../../src/bytes/bytes.js'
import { builtinDeflate, type Deflate, zlibDeflate } from '../../src/compression/deflaters.js'
import type { Stop } from '../../src/compression/sideBySide.js'
import { content, noise } from '../fixtures/bytes.js'

const NOTHING = () => new Uint8Array(0)

/** What every deflater promises. */
describe.each<[string, Deflate]>([
  ['our own', builtinDeflate],
  ['zlib, level 1', zlibDeflate(1)],
  ['zlib, level 9', zlibDeflate(9)],
])('%s', (_, deflate) => {
  test('blocks one after the other are read as one, ended by an empty last block', async () => {
    const [one, other] = [content(CHUNK, 1), content(70_000, 2)]
    const pieces = [
      ...(await deflate(own(one), NOTHING(), going())).pieces,
      ...(await deflate(own(other), own(one.subarray(-32_768)), going())).pieces,
      Buffer.from([3, 0]),
    ]
    expect(inflateRawSync(Buffer.concat(pieces)).equals(Buffer.concat([one, other]))).toBe(true)
  })

  test('a block refers to what was before it', async () => {
    const bytes = noise(32_768)
    const { pieces } = await deflate(own(bytes.subarray(-20_000)), own(bytes), going())
    expect(Buffer.concat(pieces).length).toBeLessThan(1000)
  })

  test('the memory of the block comes back', async () => {
    const { block } = await deflate(own(content(1000)), NOTHING(), going())
    expect(block.length).toBe(1000)
    expect(block.buffer.byteLength).toBe(1000)
  })
})

/** Nobody stops it. */
function going(): Stop {
  return new Int32Array(new SharedArrayBuffer(4))
}

/** The bytes in memory that can be given away. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes)
}
