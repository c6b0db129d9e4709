import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BACKENDS, written } from '../../fixtures/rootfs.js'
import { base256, type EntrySpec, pax } from '../../fixtures/tar.js'

const OUT_OF_RANGE = { oddity: 'time out of range', count: 1, first: 'x' }

/** Seconds that tmpfs keeps, and that ext4 (from 1901 to 2446) may not. */
const FAR = ['9999999999999', '-99999999999', '999999999999999999', '-999999999999999999']

describe.each(Object.entries(BACKENDS))('through %s', (_, backend) => {
  const kinds: EntrySpec[] = [{ name: 'x' }, { name: 'x/', type: '5' }, { name: 'x', type: '2', linkTarget: 'y' }]

  test.each(['0', '-1', '-0', '+1', '-2147483648', '2147483647', '4294967296', '010'])(
    'the time %s is exact on files, directories and links',
    async (mtime) => {
      for (const entry of kinds) {
        const { path, counts } = await written(await backend(), [[pax({ mtime }), entry]])
        expect(lstatSync(join(path, 'x')).mtimeMs / 1000).toBe(Number(mtime) + 0)
        expect(counts).toEqual([])
      }
    },
  )

  test.each(FAR)('the time %s is kept, or told', async (mtime) => {
    for (const entry of kinds) {
      const { path, counts } = await written(await backend(), [[pax({ mtime }), { ...entry, content: '' }]])
      const isKept = lstatSync(join(path, 'x'), { bigint: true }).mtimeNs / 1_000_000_000n === BigInt(mtime)
      expect(counts).toMatchObject(isKept ? [] : [{ ...OUT_OF_RANGE, first: entry.name }])
    }
  })

  test('a negative time of an old header is the one before 1970', async () => {
    const negative = Buffer.alloc(12, 0xff)
    const { path } = await written(await backend(), [[{ name: 'x', bytes: { 136: negative } }]])
    expect(lstatSync(join(path, 'x')).mtimeMs).toBe(-1000)
  })

  test('a time of 62 bits in an old header is kept, or told', async () => {
    const { counts } = await written(await backend(), [[{ name: 'x', bytes: { 136: base256(1n << 62n) } }]])
    expect(counts.length).toBeLessThanOrEqual(1)
  })

  test.each(['nan', '.5', '1e3', '1 ', '0x10', '9'.repeat(30)])('the time "%s" is refused', async (mtime) => {
    await expect(written(await backend(), [[pax({ mtime }), { name: 'x' }]])).rejects.toMatchObject({ code: 'FORMAT' })
  })

  test('a fraction is exact to a microsecond at least', async () => {
    for (const mtime of ['1234567890.123456', '-0.5', '1.']) {
      const { path } = await written(await backend(), [[pax({ mtime }), { name: 'x' }]])
      expect(lstatSync(join(path, 'x')).mtimeMs / 1000).toBeCloseTo(Number(mtime), 5)
    }
  })
})
