import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { extract, type Header } from 'tar-stream'
import { describe, expect, test } from 'vitest'
import { encodeHeader, headerLength, type TarHeader } from '../../src/tar/encode.js'
import { HeaderReader } from '../../src/tar/headers.js'
import { sample } from '../fixtures/exporting.js'

const FILE: TarHeader = { path: 'f', type: 'file', mode: 0o644, mtime: 1, size: 0 }
const LIMIT = 8 ** 11

describe('a header', () => {
  test.each(['docker-20.10.tar', 'docker-28.tar', 'docker-28-containerd.tar'])(
    'is what Go wrote, byte for byte: all of %s',
    async (name) => {
      const archive = await sample(name)
      let count = 0
      for (let at = 0; archive[at] !== 0; count++) {
        const block = archive.subarray(at, at + 512)
        const header = headerOf(block)
        expect(encodeHeader(header)).toEqual(block)
        at += 512 + Math.ceil(header.size / 512) * 512
      }
      expect(count).toBeGreaterThan(5)
    },
  )

  test('has every field where ustar has it, and as Go writes it', () => {
    const block = encodeHeader({
      path: 'dir/link',
      type: 'symlink',
      mode: 0o120777,
      mtime: 0o12345670123,
      size: 0,
      linkTarget: '../target',
      owner: 'root',
    })
    const field = (at: number, length: number) => block.toString('latin1', at, at + length)
    expect(block).toHaveLength(512)
    expect(field(0, 100)).toBe('dir/link'.padEnd(100, '\0'))
    expect(field(100, 24)).toBe('0120777\x000000000\x000000000\0')
    expect(field(124, 24)).toBe('00000000000\x0012345670123\0')
    expect(field(148, 8)).toBe(`${checksum(block).toString(8).padStart(6, '0')}\0 `)
    expect(field(156, 101)).toBe(`2${'../target'.padEnd(100, '\0')}`)
    expect(field(257, 8)).toBe('ustar\x0000')
    expect(field(265, 64)).toBe(`${'root'.padEnd(32, '\0')}${'root'.padEnd(32, '\0')}`)
    expect(field(329, 16)).toBe('0000000\x000000000\0')
    expect(field(345, 167)).toBe('\0'.repeat(167))
  })

  test('is read as what it was, by our reader and by tar-stream, however long its names', async () => {
    const path = fc.string({ unit: fc.constantFrom('a', 'é', '\u{1f433}', '.'), minLength: 1, maxLength: 150 })
    await fc.assert(
      fc.asyncProperty(path, path, fc.constantFrom('file', 'symlink'), async (name, target, type) => {
        const header: TarHeader = { path: name, type, mode: 0o600, mtime: 9, size: 0 }
        if (type === 'symlink') header.linkTarget = target
        const bytes = encodeHeader(header)
        expect(headerLength(header)).toBe(bytes.length)
        expect(ourReading(bytes)).toMatchObject({ path: name, type, ...(type === 'symlink' && { linkTarget: target }) })
        const found = await theirReading(bytes)
        expect(found).toMatchObject({ name, type, mode: 0o600, mtime: new Date(9000) })
        if (type === 'symlink') expect(found).toMatchObject({ linkname: target })
      }),
    )
  })
})

describe('what ustar has no room for', () => {
  test.each([
    ['a name of 100 bytes', { path: 'n'.repeat(100) }, 512],
    ['a name of 101 bytes', { path: 'n'.repeat(101) }, 1536],
    ['a name of 100 characters and more bytes', { path: `${'n'.repeat(99)}é` }, 1536],
    ['a link target of 100 bytes', { type: 'symlink' as const, linkTarget: 't'.repeat(100) }, 512],
    ['a link target of 101 bytes', { type: 'symlink' as const, linkTarget: 't'.repeat(101) }, 1536],
    ['a size of one byte less than 8 GiB', { size: LIMIT - 1 }, 512],
    ['a size of 8 GiB', { size: LIMIT }, 1536],
  ])('%s takes this many bytes of header: %j', (_, fields, length) => {
    expect(encodeHeader({ ...FILE, ...fields })).toHaveLength(length)
    expect(headerLength({ ...FILE, ...fields })).toBe(length)
  })

  test('is in a PAX header that is as Go writes it, byte for byte', () => {
    const hex = createHash('sha512').update('x').digest('hex')
    const path = `blobs/sha512/${hex}`
    const bytes = encodeHeader({ ...FILE, path })
    const [extension, body, main] = [bytes.subarray(0, 512), bytes.subarray(512, 1024), bytes.subarray(1024)]
    expect(extension.toString('latin1', 0, 100)).toBe(`blobs/sha512/PaxHeaders.0/${hex}`.slice(0, 100))
    expect(extension.toString('latin1', 100, 148)).toBe('0000000\x000000000\x000000000\x0000000000227\x0000000000000\0')
    expect(extension.toString('latin1', 148, 157)).toBe(`${checksum(extension).toString(8).padStart(6, '0')}\0 x`)
    expect(extension.toString('latin1', 157)).toBe(`${'\0'.repeat(100)}ustar\x0000${'\0'.repeat(247)}`)
    expect(body.toString('latin1')).toBe(`151 path=${path}\n`.padEnd(512, '\0'))
    expect(main.toString('latin1', 0, 100)).toBe(path.slice(0, 100))
    expect(main.toString('latin1', 156, 157)).toBe('0')
  })

  test('is the size of a large file, of which the header itself says nothing', async () => {
    const bytes = encodeHeader({ ...FILE, size: LIMIT })
    expect(bytes.toString('latin1', 512, 529)).toBe('19 size=858993459')
    expect(bytes.toString('latin1', 1024 + 124, 1024 + 136)).toBe('00000000000\0')
    expect(ourReading(bytes)).toMatchObject({ size: LIMIT })
    expect(await theirReading(bytes)).toMatchObject({ size: LIMIT })
  })

  test('is in the order of the records’ keys', () => {
    const header: TarHeader = { ...FILE, path: 'p'.repeat(101), linkTarget: 't'.repeat(101), size: LIMIT }
    const body = encodeHeader(header).toString('latin1', 512, 1024).replace(/\0+$/, '')
    expect(body.split('\n').map((record) => /^(\d+) (\w+)=/.exec(record)?.[2])).toEqual([
      'linkpath',
      'path',
      'size',
      undefined,
    ])
  })

  test.each([93, 94, 95, 989, 990, 991, 992])('says its own length right, at %i bytes', (length) => {
    const path = 'p'.repeat(length + 8)
    const body = encodeHeader({ ...FILE, path })
      .subarray(512, -512)
      .toString('latin1')
      .replace(/\0+$/, '')
    expect(body).toBe(`${body.length} path=${path}\n`)
  })
})

/** What a header says, read without a tar reader. */
function headerOf(block: Buffer): TarHeader {
  const text = (at: number, length: number) => block.toString('utf8', at, at + length).replace(/\0.*$/s, '')
  const number = (at: number, length: number) => Number.parseInt(text(at, length), 8)
  const type = { '0': 'file', '5': 'directory', '2': 'symlink' } as const
  const flag = text(156, 1) as keyof typeof type
  return {
    path: text(0, 100),
    type: type[flag],
    mode: number(100, 8),
    mtime: number(136, 12),
    size: number(124, 12),
    linkTarget: text(157, 100),
    owner: text(265, 32),
  }
}

function checksum(block: Buffer): number {
  return block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0)
}

function ourReading(bytes: Buffer) {
  const headers = new HeaderReader()
  for (let at = 0; ; ) {
    const header = headers.read(bytes.subarray(at, at + 512))
    if (header.kind === 'entry') return header.entry
    headers.extend(header.type, bytes.subarray(at + 512, at + 512 + header.size))
    at += 512 + Math.ceil(header.size / 512) * 512
  }
}

async function theirReading(bytes: Buffer): Promise<Header> {
  for await (const entry of Readable.from([bytes, Buffer.alloc(1024)]).pipe(extract())) return entry.header
  return expect.unreachable()
}
