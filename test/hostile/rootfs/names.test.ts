import { lstatSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { canary } from '../../fixtures/canary.js'
import { BACKENDS, treeOf, written } from '../../fixtures/rootfs.js'
import { type EntrySpec, gnuLong, pax } from '../../fixtures/tar.js'

describe.each(Object.entries(BACKENDS))('through %s', (_, backend) => {
  const write = async (...layers: EntrySpec[][]) => written(await backend(), layers)

  test.each([
    ['../x', 'x'],
    ['a/../../x', 'x'],
    ['/abs', 'abs'],
    ['//abs', 'abs'],
    ['./c', 'c'],
    ['////a/.//b/../c', 'a/c'],
    ['/../../../x', 'x'],
  ])('the name %s means %s within the root', async (name, place) => {
    const { path } = await write([{ name, content: '1' }])
    expect(treeOf(path)).toHaveProperty([place], '1')
  })

  test.each(['.', './', '/', '..', 'a/..', '//', '/../.'])('the directory %s is the root', async (name) => {
    const { path } = await write([{ name, type: '5', mode: 0o711 }])
    expect(treeOf(path)).toEqual({})
    expect(lstatSync(path).mode & 0o7777).toBe(0o711)
  })

  test.each(['', '.', '..', 'a/..', './..'])('a file named "%s" is refused', async (name) => {
    for (const type of ['0', '1', '2', '6']) {
      await expect(write([{ name, type, linkTarget: 'x' }])).rejects.toMatchObject({ code: 'UNSAFE' })
    }
  })

  test('whiteouts, links and all others split names the same: backslashes and drives are bytes', async () => {
    const names = ['a\\b', 'C:x', 'C:..\\x', '\\abs', '\\..\\..\\x', 'con', 'a:stream', 'a.', 'a ']
    const { path } = await write(names.map((name) => ({ name, content: '1' })))
    expect(treeOf(path)).toEqual(Object.fromEntries(names.map((name) => [name, '1'])))
    const upper = await write(
      names.map((name) => ({ name })),
      names.map((name) => ({ name: `.wh.${name}` })),
    )
    expect(treeOf(upper.path)).toEqual({})
  })

  test.each([
    ['composed and not', 'caf\u00e9', 'cafe\u0301'],
    ['ligatures', '\ufb01', 'fi'],
    ['case', 'FOO', 'foo'],
    ['sharp s', 'stra\u00dfe', 'STRASSE'],
  ])('two names that some file systems take for one are two: %s', async (_what, one, other) => {
    const { path: home, assertUntouched } = await canary()
    const { path } = await write([
      { name: `${one}/`, type: '5' },
      { name: other, type: '2', linkTarget: home },
      { name: `${one}/x`, content: '1' },
    ])
    assertUntouched()
    expect(treeOf(path)).toEqual({ [`${one}/`]: '', [`${one}/x`]: '1', [other]: `-> ${home}` })
  })

  test('names that mean something elsewhere are ordinary', async () => {
    const names = [
      'umoci.json',
      'config.json',
      'rootfs/config.json',
      'rootfs.partial-x',
      'owner',
      '-rf',
      '--',
      '__proto__',
    ]
    const more = [
      'constructor',
      'PaxHeader/x',
      'lost+found',
      '~',
      '$HOME',
      '123',
      '1e5',
      'NaN',
      'true',
      'spool',
      '\u001b[2J',
    ]
    const { path } = await write([...names, ...more].map((name) => ({ name, content: name })))
    for (const name of [...names, ...more]) expect(treeOf(path)[name]).toBe(Buffer.from(name).toString('latin1'))
  })

  test.each([
    ['a name of 255 bytes', pax({ path: 'x'.repeat(255) })],
    ['a path of 4,095 bytes', pax({ path: `${`${'x'.repeat(200)}/`.repeat(20)}${'y'.repeat(75)}` })],
    ['a long name of GNU', gnuLong('L', `${'x'.repeat(200)}/y`)],
  ])('%s is written', async (_what, header) => {
    const { path } = await write([header, { name: 'x', content: '1' }], [{ name: '.wh..wh..opq' }])
    expect(treeOf(path)).toEqual({})
  })

  test('a long name of a gigabyte is refused by its header', async () => {
    for (const type of ['L', 'K', 'x']) {
      await expect(write([{ name: 'x', type, size: 2 ** 30 }])).rejects.toMatchObject({ code: 'UNSAFE' })
    }
  })
})
