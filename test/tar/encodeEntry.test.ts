import { describe, expect, test } from 'vitest'
import { type EntryHeader, encodeEntry, fitsPax } from '../../src/tar/encodeEntry.js'
import { type LayerEntry, LayerHeaders } from '../../src/tar/layerHeaders.js'

const PLAIN: EntryHeader = {
  path: 'a',
  kind: 'file',
  target: '',
  mode: 0o644,
  uid: 1,
  gid: 2,
  mtime: 1_600_000_000,
  size: 3,
  device: { major: 0, minor: 0 },
  xattrs: [],
}

/** Reads what was encoded, with the reader of layers. */
function read(bytes: Buffer): LayerEntry {
  const headers = new LayerHeaders()
  for (let at = 0; at < bytes.length; ) {
    const header = headers.read(bytes.subarray(at, at + 512))
    at += 512
    if (header.kind === 'entry') return header.entry
    headers.extend(header.type, bytes.subarray(at, at + header.size))
    at += Math.ceil(header.size / 512) * 512
  }
  throw new RangeError('no entry')
}

const binary = (text: string) => Buffer.from(text).toString('latin1')

describe('the header of a layer’s entry', () => {
  test.each<[string, Partial<EntryHeader>, number]>([
    ['a file', {}, 512],
    ['a directory', { kind: 'directory', path: 'd/', size: 0, mode: 0o1777 }, 512],
    ['a link', { kind: 'symlink', target: '/x', size: 0 }, 512],
    ['a hard link', { kind: 'hardlink', target: 'b', size: 0 }, 512],
    ['a device', { kind: 'block', size: 0, device: { major: 259, minor: 300 } }, 512],
    ['a path that has to be cut', { path: `${'d'.repeat(120)}/${'f'.repeat(100)}` }, 512],
    [
      'a directory whose path has to be cut',
      { kind: 'directory', path: `${'d'.repeat(90)}/${'e'.repeat(20)}/`, size: 0 },
      512,
    ],
    ['a path that cannot be cut', { path: 'x'.repeat(101) }, 1536],
    ['a path beyond ASCII', { path: binary('été') }, 1536],
    ['a path that is no UTF-8', { path: '\xff\xfe' }, 1536],
    ['a long target', { kind: 'symlink', target: 'x'.repeat(200), size: 0 }, 1536],
    ['a large owner', { uid: 2_097_152, gid: 4_294_967_294 }, 1536],
    ['a large file', { size: 8 ** 11 }, 1536],
    ['a time before 1970', { mtime: -5 }, 1536],
    [
      'attributes',
      {
        xattrs: [
          ['user.b', Buffer.from([0, 10, 61])],
          ['user.a', Buffer.from('x')],
        ],
      },
      1536,
    ],
  ])('of %s is read back as it was', (_, changes, length) => {
    const header = { ...PLAIN, ...changes }
    const bytes = encodeEntry(header)
    expect(bytes.length).toBe(length)
    const { attributes, size } = read(bytes)
    const { mtime, size: stated, xattrs, ...others } = header
    expect(attributes).toMatchObject({ ...others, mtime: { seconds: mtime, nanoseconds: 0 } })
    expect(size).toBe(stated)
    expect(new Map(attributes.xattrs)).toEqual(new Map(xattrs))
  })

  test('sorts the records of its PAX header by their keys', () => {
    const bytes = encodeEntry({ ...PLAIN, path: 'é', uid: 3_000_000, xattrs: [['user.x', Buffer.from('1')]] })
    expect(bytes.toString('latin1', 512).match(/\d+ [^=\n]+=/g)).toEqual([
      '25 SCHILY.xattr.user.x=',
      '9 path=',
      '15 uid=',
    ])
  })

  test('cannot state an attribute with an equals sign in its name', () => {
    expect([fitsPax('user.a'), fitsPax('user.a=b'), fitsPax('')]).toEqual([true, false, false])
  })
})
