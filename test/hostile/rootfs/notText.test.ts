import { lstatSync, readdirSync, readlinkSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { nativeCalls } from '../../../src/rootfs/nativeCalls.js'
import { BACKENDS, written } from '../../fixtures/rootfs.js'
import { type EntrySpec, pax } from '../../fixtures/tar.js'

const FF = Buffer.from([0xff])
const FE = Buffer.from([0xfe])

/** A PAX record of bytes. */
function record(key: Buffer, value: Buffer): EntrySpec {
  const rest = Buffer.concat([Buffer.from(' '), key, Buffer.from('='), value, Buffer.from('\n')])
  const digits = rest.length + 2 < 100 ? 2 : 3
  return { name: 'PaxHeaders/x', type: 'x', content: Buffer.concat([Buffer.from(`${rest.length + digits}`), rest]) }
}

describe.each(Object.entries(BACKENDS))('through %s', (_, backend) => {
  test('names and targets keep bytes that are no text, and two such names stay two', async () => {
    const { path } = await written(await backend(), [
      [
        { name: '?', bytes: { 0: FF }, content: '1' },
        { name: '?', bytes: { 0: FE }, content: '2' },
        { name: 'link', type: '2', bytes: { 157: FF } },
        { name: '?d/', type: '5', bytes: { 0: FF } },
        record(Buffer.from('path'), Buffer.concat([FF, Buffer.from('d/'), FE])),
        { name: 'x' },
        { name: 'hard', type: '1', bytes: { 157: FE } },
      ],
    ])
    const names = readdirSync(path, 'latin1').sort()
    expect(names).toEqual(['hard', 'link', '\xfe', '\xff', '\xffd'].sort())
    expect(readlinkSync(`${path}/link`, 'latin1')).toBe('\xff')
    expect(readdirSync(Buffer.from(`${path}/\xffd`, 'latin1'), 'latin1')).toEqual(['\xfe'])
    expect(lstatSync(Buffer.from(`${path}/\xfe`, 'latin1')).nlink).toBe(2)
  })

  test.each([
    ['names', 'L', 'path'],
    ['targets', 'K', 'linkpath'],
  ])('two long %s that only look the same are refused', async (_what, type, key) => {
    const entries: EntrySpec[] = [
      { name: 'long', type, content: Buffer.concat([FF, Buffer.from('\0')]), magic: 'ustar  \0' },
      record(Buffer.from(key), FE),
      { name: 'x', type: '2', linkTarget: 'y' },
    ]
    await expect(written(await backend(), [entries])).rejects.toMatchObject({ code: 'UNSAFE' })
  })

  test.each([[pax({ path: 'a\0b' })], [pax({ linkpath: 'a\0b' })], [pax({ 'SCHILY.xattr.user.a\0b': '1' })]])(
    'a NUL in a PAX record is refused',
    async (header) => {
      const entries = [header, { name: 'x', type: '2', linkTarget: 'y' }]
      await expect(written(await backend(), [entries])).rejects.toMatchObject({ code: 'UNSAFE' })
    },
  )
})

test('the name of an attribute keeps its bytes', async () => {
  const calls = await nativeCalls(import.meta.resolve('koffi'))
  const header = record(Buffer.from('SCHILY.xattr.user.\xff', 'latin1'), Buffer.from('1'))
  const { path } = await written(calls, [[header, { name: 'f' }]])
  const root = calls.openRoot(path)
  expect(calls.xattrsOf(root, 'f')).toEqual([['user.\xff', Buffer.from('1')]])
  calls.close(root)
})
