import { describe, expect, test } from 'vitest'
import { HeaderReader } from '../../src/tar/headers.js'
import { base256, type EntrySpec, entryBytes, gnuLong, pax } from '../fixtures/tar.js'

test.each([
  ['0', 'file'],
  ['\0', 'file'],
  ['7', 'file'],
  ['1', 'hardlink'],
  ['2', 'symlink'],
  ['3', 'other'],
  ['4', 'other'],
  ['5', 'directory'],
  ['6', 'other'],
  ['Z', 'file'],
])('an entry of type %j is a %s', (flag, type) => {
  expect(entryOf(new HeaderReader(), { name: 'n', type: flag })).toMatchObject({ path: 'n', type })
})

test('only links have a target', () => {
  const spec = { name: 'n', linkTarget: '../t' }
  const headers = new HeaderReader()
  expect(entryOf(headers, { ...spec, type: '2' })).toMatchObject({ linkTarget: '../t' })
  expect(entryOf(headers, { ...spec, type: '1' })).toMatchObject({ linkTarget: '../t' })
  expect(entryOf(headers, { ...spec, type: '0' })).not.toHaveProperty('linkTarget')
})

test('an empty file whose name ends in a slash is a directory, as old archives have them', () => {
  expect(entryOf(new HeaderReader(), { name: 'n/', type: '\0' })).toMatchObject({ type: 'directory' })
  expect(entryOf(new HeaderReader(), { name: 'n/', type: '0', content: 'x' })).toMatchObject({ type: 'file' })
})

test('only an empty file is a directory by its slash, whether the header says so or an extension', () => {
  const refused = expect.objectContaining({ code: 'UNSAFE', where: 'n/', found: 1 })
  expect(() => new HeaderReader().read(block({ name: 'n/', type: '\0', content: 'x' }))).toThrow(refused)
  for (const extension of [pax({ path: 'n/' }), gnuLong('L', 'n/')]) {
    const headers = new HeaderReader()
    extend(headers, extension)
    expect(() => headers.read(block({ name: 'n', type: '\0', content: 'x' }))).toThrow(refused)
  }
})

describe('a mode', () => {
  test.each([
    ['0', 0o100_644],
    ['0', base256(0o100_644n, 8)],
    ['2', 0o100_777],
    ['2', 0o120_777],
    ['1', 0o100_644],
    ['5', 0o040_755],
    ['3', 0o020_644],
    ['6', 0o060_644],
  ])('may say what the type %s says', (type, mode) => {
    expect(entryOf(new HeaderReader(), { name: 'n', type, ...modeOf(mode) })).toMatchObject({ path: 'n' })
  })

  test.each([
    ['0', 0o120_644],
    ['0', base256(0o120_644n, 8)],
    ['0', 0o040_755],
    ['7', 0o140_644],
    ['Z', 0o120_644],
    ['1', 0o120_644],
    ['2', 0o040_755],
    ['5', 0o120_777],
  ])('that says something else than the type %s is refused', (type, mode) => {
    expect(() => new HeaderReader().read(block({ name: 'n', type, ...modeOf(mode) }))).toThrow(
      expect.objectContaining({ code: 'UNSAFE', where: 'n' }),
    )
  })
})

describe('an extension', () => {
  test.each(['x', 'g', 'L', 'K'])('of type %s is announced with its size', (type) => {
    const header = new HeaderReader().read(block({ name: 'n', type, size: 1024 * 1024 }))
    expect(header).toEqual({ kind: 'extension', type, size: 1024 * 1024 })
  })

  test('of more than 1 MiB is refused', () => {
    const read = () => new HeaderReader().read(block({ name: 'n', type: 'L', size: 1024 * 1024 + 1 }))
    expect(read).toThrow(expect.objectContaining({ code: 'UNSAFE', found: 1024 * 1024 + 1 }))
  })

  test('speaks of the next entry only', () => {
    const headers = new HeaderReader()
    extend(headers, pax({ path: 'long', linkpath: 'target', size: '4' }))
    expect(entryOf(headers, { name: 'n', content: 'four' })).toEqual({ path: 'long', type: 'file', size: 4 })
    const next = entryOf(headers, { name: 'm', type: '2', linkTarget: 't' })
    expect(next).toEqual({ path: 'm', type: 'symlink', size: 0, linkTarget: 't' })
  })

  test('adds to the one before', () => {
    const headers = new HeaderReader()
    extend(headers, gnuLong('K', 'target'))
    extend(headers, gnuLong('L', 'path'))
    extend(headers, pax({ path: 'path', mtime: '1' }))
    expect(entryOf(headers, { name: 'n', type: '2' })).toMatchObject({ path: 'path', linkTarget: 'target' })
  })

  test.each<[string, EntrySpec[]]>([
    ['two PAX headers', [pax({ path: 'p' }), pax({ mtime: '1' })]],
    ['two names, the PAX one first', [pax({ path: 'p' }), gnuLong('L', 'other')]],
    ['two names, the PAX one last', [gnuLong('L', 'other'), pax({ path: 'p' })]],
    ['two link targets', [gnuLong('K', 'other'), pax({ linkpath: 'p' })]],
    ['a header of all entries after the PAX one', [pax({ path: 'p' }), pax({ comment: 'c' }, 'g')]],
    ['a header of all entries after a PAX one that is empty', [pax({}), pax({ comment: 'c' }, 'g')]],
    ['a header of all entries after a long name', [gnuLong('L', 'p'), pax({ comment: 'c' }, 'g')]],
    ['a header of all entries after a long target', [gnuLong('K', 'p'), pax({ comment: 'c' }, 'g')]],
    ['an empty long name', [gnuLong('L', 'p'), gnuLong('L', '')]],
    ['an empty long target', [gnuLong('K', '')]],
    ['holes of all entries', [pax({ 'GNU.sparse.major': '1' }, 'g')]],
    ['a size of all entries', [pax({ size: '7' }, 'g')]],
    ['a name of all entries', [pax({ path: 'p' }, 'g')]],
    ['a link target of all entries', [pax({ linkpath: 'p' }, 'g')]],
  ])('on which readers differ is refused: %s', (_, specs) => {
    const headers = new HeaderReader()
    expect(() => {
      for (const spec of specs) extend(headers, spec)
    }).toThrow(expect.objectContaining({ code: 'UNSAFE' }))
  })

  test('speaks of one entry only', () => {
    const headers = new HeaderReader()
    for (const path of ['one', 'two']) {
      extend(headers, pax({ path }))
      expect(entryOf(headers, { name: 'n' })).toMatchObject({ path })
    }
  })

  test('that is empty leaves the name and target of the header', () => {
    const headers = new HeaderReader()
    extend(headers, pax({ path: '', linkpath: '' }))
    expect(entryOf(headers, { name: 'n', type: '2', linkTarget: 't' })).toMatchObject({ path: 'n', linkTarget: 't' })
  })

  test('of a sparse file of an unknown format is refused, naming the file', () => {
    const records = { 'GNU.sparse.major': '2', 'GNU.sparse.name': 'holes' }
    expect(() => extend(new HeaderReader(), pax(records))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', where: 'holes' }),
    )
  })

  test('of the whole archive changes no entry', () => {
    const headers = new HeaderReader()
    extend(headers, pax({ comment: 'c', mtime: '7' }, 'g'))
    expect(entryOf(headers, { name: 'n', content: 'x' })).toEqual({ path: 'n', type: 'file', size: 1 })
  })

  test.each(['-1', '1e3', ' 1', '0x10', '9007199254740993', ''])('with the size %j is refused', (size) => {
    expect(() => extend(new HeaderReader(), pax({ size }))).toThrow(expect.objectContaining({ code: 'FORMAT' }))
  })
})

describe('two sizes', () => {
  const LIMIT = 8 ** 11

  test.each([
    ['that agree', String(LIMIT), base256(BigInt(LIMIT))],
    ['of which the header has no room for the other', String(LIMIT), 0],
  ])('%s are one', (_, size, field) => {
    const headers = new HeaderReader()
    extend(headers, pax({ size }))
    expect(entryOf(headers, { name: 'n', size: field })).toMatchObject({ size: LIMIT })
  })

  test.each([
    ['1', 2],
    ['0', 512],
    [String(LIMIT - 1), 0],
    [String(LIMIT), 512],
  ])('are refused if they differ: %s and %i', (size, field) => {
    const headers = new HeaderReader()
    extend(headers, pax({ size }))
    expect(() => headers.read(block({ name: 'n', size: field }))).toThrow(
      expect.objectContaining({ code: 'UNSAFE', where: 'n', expected: Number(size), found: field }),
    )
  })
})

function modeOf(mode: number | Buffer): Partial<EntrySpec> {
  return typeof mode === 'number' ? { mode } : { bytes: { 100: mode } }
}

function extend(headers: HeaderReader, spec: EntrySpec): void {
  const header = headers.read(block(spec))
  if (header.kind === 'entry') expect.unreachable()
  else headers.extend(header.type, entryBytes(spec).subarray(512, 512 + header.size))
}

function entryOf(headers: HeaderReader, spec: EntrySpec) {
  const header = headers.read(block(spec))
  return header.kind === 'entry' ? header.entry : expect.unreachable()
}

function block(spec: EntrySpec): Buffer {
  return entryBytes(spec).subarray(0, 512)
}
