import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { extract, type Header, pack } from 'tar-stream'
import { describe, expect, test } from 'vitest'
import type { Ending } from '../../src/tar/ending.js'
import type { TarEntry } from '../../src/tar/entry.js'
import { content } from '../fixtures/bytes.js'
import { base256, type EntrySpec, entryBytes, gnuLong, pax, tar } from '../fixtures/tar.js'

/** An entry with its content. */
export interface Found extends TarEntry {
  content: string
}

/** Reads an archive to its end, and says what was in it. */
export type Reader = (archive: Buffer) => Promise<{ entries: Found[] } & Ending>

const LONG = `${'long/'.repeat(30)}name`
const A = { name: 'a', content: 'of a' }
const Z = { name: 'z', content: 'of z' }

const STAR = { 508: 'tar\0' }

/** Well-formed archives of one entry with content `x` and the path and link target given. */
const KINDS: Record<string, { entries: EntrySpec[]; path?: string; linkTarget?: string }> = {
  ustar: { entries: [{ name: 'f', content: 'x' }] },
  'ustar with prefix': { entries: [{ name: 'f', prefix: 'dir/sub', content: 'x' }], path: 'dir/sub/f' },
  'a name that fills its field': { entries: [{ name: 'f'.repeat(100), content: 'x' }], path: 'f'.repeat(100) },
  v7: { entries: [{ name: 'f', content: 'x', magic: '', type: '\0' }] },
  'v7 with bytes where ustar has a prefix': { entries: [{ name: 'f', prefix: 'no', content: 'x', magic: '' }] },
  'GNU with times where ustar has a prefix': {
    entries: [{ name: 'f', prefix: '14371573277 14371573277 ', content: 'x', magic: 'ustar  \0' }],
  },
  'star with a prefix and times': {
    entries: [{ name: 'f', prefix: 'dir', content: 'x', bytes: { 476: '14371573277 14371573277 ', 508: 'tar\0' } }],
    path: 'dir/f',
  },
  'a contiguous file': { entries: [{ name: 'f', content: 'x', type: '7' }] },
  'PAX path': { entries: [pax({ path: LONG }), { name: 'f', content: 'x' }], path: LONG },
  'PAX path over a prefix': { entries: [pax({ path: 'é' }), { name: 'f', prefix: 'p', content: 'x' }], path: 'é' },
  'an empty PAX path': { entries: [pax({ path: '', linkpath: '' }), { name: 'f', content: 'x' }] },
  'an empty PAX link target': {
    entries: [pax({ linkpath: '' }), { name: 'f', type: '2', linkTarget: 'short' }],
    linkTarget: 'short',
  },
  'PAX size that agrees': { entries: [pax({ size: '1' }), { name: 'f', content: 'x' }] },
  'PAX records of no concern': { entries: [pax({ mtime: '1.5', comment: 'a=b\n' }), { name: 'f', content: 'x' }] },
  'global PAX records': { entries: [pax({ mtime: '1', comment: 'c' }, 'g'), { name: 'f', content: 'x' }] },
  'PAX link target': {
    entries: [pax({ linkpath: LONG }), { name: 'f', type: '2', linkTarget: 'short' }],
    linkTarget: LONG,
  },
  'GNU long name': { entries: [gnuLong('L', LONG), { name: 'f', content: 'x' }], path: LONG },
  'GNU long name and link': {
    entries: [gnuLong('K', `${LONG}2`), gnuLong('L', LONG), { name: 'f', type: '1', linkTarget: 'short' }],
    path: LONG,
    linkTarget: `${LONG}2`,
  },
  'a size in base 256': { entries: [{ name: 'f', content: 'x', size: base256(1n) }] },
}

/** What every reader of tar archives does alike. */
export function tarReaderSuite(name: string, read: Reader): void {
  describe(name, () => {
    test.each(Object.entries(KINDS))(
      'reads %s, and the entries around it',
      async (_, { entries, path, linkTarget }) => {
        const { entries: found, marked } = await read(tar([A, ...entries, Z]))
        const [first, middle, last, ...none] = found
        expect([first?.content, last?.content, none, marked]).toEqual(['of a', 'of z', [], true])
        expect(middle).toMatchObject({
          path: path ?? 'f',
          ...(linkTarget === undefined ? { content: 'x' } : { linkTarget }),
        })
      },
    )

    test('finds what tar-stream finds', async () => {
      // Of global records and v7 headers it makes something else, or nothing.
      const specs = Object.values(KINDS).flatMap(({ entries }) => entries)
      const entries = specs.filter(({ type, magic }) => type !== 'g' && magic !== '')
      const archive = tar([...entries, { name: 'd/', type: '5' }, { name: 'l', type: '2', linkTarget: '../t' }, Z])
      expect((await read(archive)).entries).toEqual(await entriesOfTarStream(archive))
    })

    test('reads what tar-stream makes', async () => {
      const archive = pack()
      const specs: (Partial<Header> & { name: string })[] = [
        { name: 'short', type: 'file' },
        { name: `${'d/'.repeat(60)}f`, type: 'file' },
        { name: 'x'.repeat(200), type: 'file' },
        { name: 'naïve/\u{1f433}', type: 'file' },
        { name: 'dir/', type: 'directory' },
        { name: 'link', type: 'symlink', linkname: `../${'t'.repeat(150)}` },
        { name: 'hard', type: 'link', linkname: 'short' },
        { name: 'pipe', type: 'fifo' },
      ]
      for (const [at, spec] of specs.entries()) archive.entry(spec, content(spec.type === 'file' ? 700 * at : 0))
      archive.finalize()
      const bytes = await buffer(archive)
      const { entries } = await read(bytes)
      expect(entries).toEqual(await entriesOfTarStream(bytes))
      expect(entries.map(({ path }) => path)).toEqual(specs.map((spec) => spec.name))
    })

    test.each(['1', '2', '3', '4', '5', '6'])('takes no content for type %s, whatever its size says', async (type) => {
      const { entries } = await read(tar([{ name: 'd', type, size: 4096 }, Z]))
      expect(entries.map(({ path, size }) => [path, size])).toEqual([
        ['d', 0],
        ['z', 4],
      ])
    })

    test.each([
      ['two zero blocks', Buffer.alloc(1024), true],
      ['one zero block', Buffer.alloc(512), true],
      ['one zero block and a part of the next', Buffer.alloc(700), true],
      ['a record of zeros', Buffer.alloc(10_240), true],
      ['two zero blocks and junk', Buffer.concat([Buffer.alloc(1024), content(999)]), true, true],
      ['a megabyte of zeros and junk', Buffer.concat([Buffer.alloc(1024 * 1024), content(9)]), true, true],
      ['two zero blocks and another archive', Buffer.concat([Buffer.alloc(1024), tar([A])]), true, true],
      ['nothing', Buffer.alloc(0), false],
    ])('takes an archive with %s at its end, and says how it ended', async (_, end, marked, followed = false) => {
      const found = await read(tar([Z], { end }))
      expect(found.entries.map(({ content }) => content)).toEqual(['of z'])
      expect(found).toMatchObject({ marked, followed })
    })

    test('takes an archive that lacks the padding of its last entry', async () => {
      const found = await read(tar([Z], { end: Buffer.alloc(0) }).subarray(0, 512 + 4))
      expect(found).toMatchObject({ entries: [{ content: 'of z' }], marked: false })
    })

    test('finds nothing in nothing', async () => {
      expect(await read(Buffer.alloc(0))).toEqual({ entries: [], marked: false, followed: false })
      expect(await read(Buffer.alloc(1024))).toEqual({ entries: [], marked: true, followed: false })
    })

    test.each([
      ['within a header', 512 + 512 + 100, 'within a tar header: expected 512, found 100'],
      ['within content', 512 + 512 + 512 + 3, 'within z: expected 4, found 3'],
      ['before content', 512 + 512 + 512, 'within z: expected 4, found 0'],
    ])('refuses an archive that ends %s', async (_, length, message) => {
      await expect(read(tar([A, Z]).subarray(0, length))).rejects.toMatchObject({
        code: 'FORMAT',
        message: expect.stringContaining(message),
        hint: expect.stringContaining('cut off'),
      })
    })

    test.each([
      ['an end marker', Buffer.alloc(1024)],
      ['one zero block', Buffer.alloc(512)],
      ['nothing', Buffer.alloc(0)],
    ])('refuses an extension that is followed by %s', async (_, end) => {
      for (const extension of [pax({ path: 'p' }), gnuLong('L', 'p'), gnuLong('K', 'p')]) {
        const reading = read(tar([A, extension], { end }))
        await expect(reading).rejects.toMatchObject({ code: 'FORMAT' })
        await expect(reading).rejects.toThrow(/^tar header at byte 2048: the archive ends before the entry/)
      }
    })

    test('refuses an archive that ends within an extension header', async () => {
      const archive = tar([A, gnuLong('L', LONG), Z]).subarray(0, 1024 + 512 + 10)
      await expect(read(archive)).rejects.toThrow('within the tar header at byte 1024: expected 155, found 10')
    })

    test.each([
      ['no record in it', '99 path=x\n'],
      ['a size that is no number', '9 size=x\n'],
    ])('refuses a PAX header with %s, and says where', async (_, content) => {
      const reading = read(tar([A, { name: 'p', type: 'x', content }, Z]))
      await expect(reading).rejects.toMatchObject({ code: 'FORMAT' })
      await expect(reading).rejects.toThrow(/^tar header at byte 1024: /)
    })

    test.each([
      ['a lone zero block', Buffer.concat([entryBytes(A), Buffer.alloc(512), tar([Z])]), 'FORMAT'],
      ['a wrong checksum', tar([A, { ...Z, checksum: '000000\0 ' }]), 'FORMAT'],
      ['a size that is no number', tar([A, { ...Z, size: Buffer.from('twelve bytes') }]), 'FORMAT'],
      ['a negative size', tar([A, { ...Z, size: Buffer.alloc(12, 0xff) }]), 'FORMAT'],
      ['two sizes for one entry', tar([A, pax({ size: '1024' }), Z]), 'UNSAFE'],
      ['a PAX size of zero', tar([A, pax({ size: '0' }), Z]), 'UNSAFE'],
      ['a PAX size that would fit into the header', tar([A, pax({ size: '4' }), { ...Z, size: 0 }]), 'UNSAFE'],
      ['a type of the old PAX header', tar([A, { ...pax({ path: 'b' }), type: 'X' }, Z]), 'UNSAFE'],
      ['an old directory that has content', tar([A, { name: 'd/', type: '\0', content: 'x' }, Z]), 'UNSAFE'],
      ['a prefix where star has times', tar([A, { ...Z, prefix: 'p'.repeat(132), bytes: STAR }]), 'UNSAFE'],
      ['a prefix where GNU has times', tar([A, { ...Z, prefix: 'no', magic: 'ustar  \0' }]), 'UNSAFE'],
      ['a mode that says symlink', tar([A, { ...Z, mode: 0o120_644 }]), 'UNSAFE'],
      ['a mode that is no number', tar([A, { ...Z, bytes: { 100: 'rw-r--r-' } }]), 'FORMAT'],
      ['an empty GNU long name', tar([A, gnuLong('L', ''), Z]), 'UNSAFE'],
      ['a NUL in a PAX path', tar([A, pax({ path: 'a\0b' }), Z]), 'UNSAFE'],
      ['a huge extension header', tar([A, { name: 'p', type: 'x', size: 1024 * 1024 + 1 }, Z]), 'UNSAFE'],
      ['a sparse file of no map', tar([A, { ...Z, type: 'S', magic: 'ustar  \0' }]), 'FORMAT'],
      ['a sparse file of PAX 0.1 without size', tar([A, pax({ 'GNU.sparse.map': '0,4' }), Z]), 'FORMAT'],
      [
        'a sparse file of PAX 2.0',
        tar([A, pax({ 'GNU.sparse.major': '2', 'GNU.sparse.name': 'z' }), Z]),
        'UNSUPPORTED',
      ],
    ])('refuses %s, and says where', async (_, archive, code) => {
      const reading = read(archive)
      await expect(reading).rejects.toMatchObject({ code })
      await expect(reading).rejects.toThrow(/byte (1024|1536|2048)/)
    })
  })
}

/** What an independent reader makes of an archive. */
async function entriesOfTarStream(archive: Buffer): Promise<Found[]> {
  const found: Found[] = []
  for await (const entry of Readable.from([archive]).pipe(extract())) {
    const { name, type, size, linkname } = entry.header
    found.push({
      path: name,
      type: TYPES[type] ?? 'other',
      size,
      ...(type === 'symlink' || type === 'link' ? { linkTarget: linkname } : {}),
      content: (await buffer(entry)).toString('latin1'),
    })
  }
  return found
}

const TYPES: Record<string, TarEntry['type']> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'directory',
  symlink: 'symlink',
  link: 'hardlink',
}
