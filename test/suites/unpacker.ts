import { describe, expect, test } from 'vitest'
import type { Bytes } from '../../src/bytes/bytes.js'
import { mapParallel } from '../../src/bytes/mapParallel.js'
import { ImageError } from '../../src/spec/errors.js'
import { collect, inChunks } from '../fixtures/bytes.js'

/** Data, and what it becomes. */
interface Packed {
  packed: Buffer
  plain: Buffer
}

/** A decompressor, and data of its format by its own tool. */
export interface Unpacker {
  unpack: (bytes: Bytes) => Bytes
  one: Packed
  /** Of several blocks. */
  blocks: Packed
  /** What nothing becomes. */
  nothing: Buffer
  /** How many bytes lie between the places where the blocks are cut off. */
  step: number
}

/** Larger than what is read. */
const ALL = 1_000_000

/** What both decompressors promise that run in a thread. */
export function unpackerSuite(packing: string, { unpack, one, blocks, nothing, step }: Unpacker): void {
  const { packed, plain } = one
  const half = packed.subarray(0, packed.length / 2)

  describe(`${packing} data`, () => {
    const READ: [string, Packed][] = [
      ['of one stream', one],
      ['of several blocks', blocks],
      ['of nothing', { packed: nothing, plain: Buffer.alloc(0) }],
      ['of two streams', joined(one, blocks)],
      ['of streams with one of nothing between them', joined(one, { packed: nothing, plain: Buffer.alloc(0) }, one)],
      ['of fifty streams', joined(...Array.from({ length: 50 }, () => one))],
    ]

    test.each(READ)('%s is read, whatever the chunks', async (_, { packed: bytes, plain: expected }) => {
      for (const size of [1, 7, ALL]) {
        expect((await collect(unpack(inChunks(bytes, size)))).equals(expected)).toBe(true)
      }
    })

    test('that was cut off anywhere is refused', async () => {
      const lengths = Array.from({ length: Math.ceil(blocks.packed.length / step) }, (_, at) => at * step)
      const outcomes = await mapParallel(lengths, 4, {
        work: async (length) =>
          [length, await outcomeOf(unpack(inChunks(blocks.packed.subarray(0, length), ALL)))] as const,
      })
      expect(outcomes.filter(([, outcome]) => outcome !== 'damaged')).toEqual([])
    })

    test('that has a wrong bit is refused, unless the bit means nothing', async () => {
      const bits = Array.from({ length: Math.floor((packed.length * 8) / 21) }, (_, at) => at * 21)
      const outcomes = await mapParallel(bits, 4, {
        work: (bit) => outcomeOf(unpack(inChunks(flipped(packed, bit), ALL)), plain),
      })
      expect(outcomes.filter((outcome) => outcome !== 'damaged' && outcome !== 'the same')).toEqual([])
      expect(outcomes.filter((outcome) => outcome === 'damaged').length).toBeGreaterThan(bits.length * 0.9)
    })

    test.each([
      ['a byte', Buffer.from('x')],
      ['a word', Buffer.from('junk')],
      ['much of something else', Buffer.alloc(100_000, 'plain text ')],
      ['half a stream', half],
      ['a stream of another version', Buffer.concat([Buffer.from([0xfd]), packed.subarray(1, 4), Buffer.alloc(60)])],
    ])('that %s follows is refused, whatever the chunks', async (_, rest) => {
      for (const size of [7, packed.length, ALL]) {
        const read = collect(unpack(inChunks(Buffer.concat([packed, rest]), size)))
        await expect(read).rejects.toMatchObject({ code: 'FORMAT', message: damaged(packing) })
      }
    })

    test.each([
      ['is nothing at all', Buffer.alloc(0)],
      ['is something else', Buffer.from('plain text, and no more than that')],
    ])('that %s is refused', async (_, bytes) => {
      const read = collect(unpack(inChunks(bytes, ALL)))
      await expect(read).rejects.toMatchObject({ code: 'FORMAT', message: damaged(packing) })
    })

    test('gives what precedes damage before it is refused, and nothing of it', async () => {
      const chunks: Buffer[] = []
      const read = async () => {
        for await (const chunk of unpack(inChunks(joined(one, { packed: half, plain }).packed, 7))) {
          chunks.push(Buffer.from(chunk))
        }
      }
      await expect(read()).rejects.toMatchObject({ code: 'FORMAT' })
      const found = Buffer.concat(chunks)
      expect(found.equals(Buffer.concat([plain, plain]).subarray(0, found.length))).toBe(true)
    })

    test('comes many at the same time', async () => {
      const all = await Promise.all(
        Array.from({ length: 12 }, (_, at) => collect(unpack(inChunks(at % 2 ? packed : blocks.packed, at + 1)))),
      )
      expect(all.map((bytes, at) => bytes.equals(at % 2 ? plain : blocks.plain))).toEqual(all.map(() => true))
    })
  })
}

function joined(...parts: Packed[]): Packed {
  return {
    packed: Buffer.concat(parts.map(({ packed }) => packed)),
    plain: Buffer.concat(parts.map(({ plain }) => plain)),
  }
}

function damaged(packing: string) {
  return expect.stringContaining(`${packing} data is damaged`)
}

function flipped(bytes: Buffer, bit: number): Buffer {
  const changed = Buffer.from(bytes)
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return changed
}

/** What came of data that may be damaged, in a word. */
async function outcomeOf(bytes: Bytes, plain?: Buffer): Promise<string> {
  try {
    const found = await collect(bytes)
    return plain?.equals(found) === true ? 'the same' : `${found.length} bytes`
  } catch (error) {
    return error instanceof ImageError && error.code === 'FORMAT' ? 'damaged' : String(error)
  }
}
