import { describe, expect, test } from 'vitest'
import type { MtreeType } from '../../src/rootfs/mtree.js'
import { MTREE_LIMIT, readMtree } from '../../src/rootfs/readMtree.js'
import { mtreeDirectory, mtreeEntry, mtreeOf } from '../fixtures/mtree.js'

test('what was written is read', async () => {
  const xattrs = [[Buffer.from('user.\xff=', 'latin1'), Buffer.from('=')]] as const
  const text = mtreeOf(
    mtreeDirectory('.', { xattrs }),
    mtreeEntry('#\n\xe9', { uid: 4294967294, mode: 0o7777, mtimeSeconds: -1, sha256: 'ab'.repeat(32) }),
    mtreeDirectory('etc', { uid: 3, mode: 0 }),
    mtreeEntry('link', { type: 'link', link: Buffer.from([0xff, 0x5c]), mtimeSeconds: 2n ** 62n }),
    mtreeDirectory('ssl'),
    mtreeEntry('cert', { type: 'fifo' }),
    '..',
    '..',
    '..',
  )
  const usual = { size: 1, uid: 0, gid: 0, mode: 0o644, nlink: 1, mtimeSeconds: 1n, xattrs: [], others: new Map() }
  const directory = { ...usual, type: 'dir', size: 4096, mode: 0o755, nlink: 2 }
  expect(read(text)).toEqual([
    { ...directory, path: Buffer.from('.'), xattrs },
    {
      ...usual,
      type: 'file',
      path: Buffer.from('#\n\xe9'),
      uid: 4294967294,
      mode: 0o7777,
      mtimeSeconds: -1n,
      sha256: 'ab'.repeat(32),
    },
    { ...directory, path: Buffer.from('etc'), uid: 3, mode: 0 },
    {
      ...usual,
      type: 'link',
      path: Buffer.from('etc/link'),
      link: Buffer.from([0xff, 0x5c]),
      mtimeSeconds: 2n ** 62n,
    },
    { ...directory, path: Buffer.from('etc/ssl') },
    { ...usual, type: 'fifo', path: Buffer.from('etc/ssl/cert') },
  ])
})

test.each<MtreeType>(['dir', 'file', 'link', 'fifo', 'char', 'block', 'socket'])('a %s is read', (type) => {
  const [, entry] = read(`. type=dir\n  x type=${type}\n..\n${type === 'dir' ? '..\n' : ''}`)
  expect(entry).toMatchObject({ path: Buffer.from('x'), type })
})

describe('files of other writers', () => {
  test('keywords of umoci’s kin have their values, others their text', () => {
    const [root] = read(`#mtree\n. type=dir sha256=${'0'.repeat(64)} uname=root optional md5digest=x tar_time=7\n..`)
    expect(root).toMatchObject({ sha256: '0'.repeat(64), mtimeSeconds: 7n })
    expect(root?.others).toEqual(new Map(Object.entries({ uname: 'root', optional: '', md5digest: 'x' })))
  })

  test('a line may go on after a backslash, and end with a carriage return', () => {
    const entries = read('. type=dir \\\n  mode=0700\r\n a\\\\\\040 type=file size=\\\n5\n..')
    expect(entries).toMatchObject([{ mode: 0o700 }, { path: Buffer.from('a\\ '), size: 5 }])
  })

  test('/set replaces what was set before', () => {
    const entries = read('/set type=file uid=1 mode=0600\n. type=dir\na uid=3\n/set uid=2\nb type=file\n..')
    expect(entries).toMatchObject([{ uid: 1, mode: 0o600 }, { uid: 3, mode: 0o600 }, { uid: 2 }])
    expect(entries[2]).not.toHaveProperty('mode')
  })
})

test.each([
  ['a name that leads out', '. type=dir\n.. type=dir\n../x type=file', 'FORMAT'],
  ['a name with a slash', '. type=dir\na/b type=file\n..', 'UNSAFE'],
  ['a name with an encoded slash', '. type=dir\n..\\057x type=file\n..', 'UNSAFE'],
  ['an encoded step out', '. type=dir\n\\056\\056 type=dir\n..', 'UNSAFE'],
  ['the root within the root', '. type=dir\n. type=dir\n..\n..', 'UNSAFE'],
  ['a name with NUL', '. type=dir\na\\000 type=file\n..', 'UNSAFE'],
  ['a long name', `. type=dir\n${'a'.repeat(256)} type=file\n..`, 'UNSAFE'],
  ['a long path', `. type=dir\n${`${'a'.repeat(250)} type=dir\n`.repeat(17)}`, 'UNSAFE'],
  ['an absolute path', '. type=dir\n/etc/x type=file\n..', 'UNSUPPORTED'],
  ['/unset', '. type=dir\n/unset all\n..', 'UNSUPPORTED'],
  ['a type for all that is not a file', '/set type=dir\n. type=dir\n..', 'UNSUPPORTED'],
  ['a target for all', '/set link=x\n. type=dir\n..', 'UNSUPPORTED'],
  ['two files of one name', '. type=dir\na type=file\na type=file\n..', 'FORMAT'],
  ['two files of one decoded name', '. type=dir\na type=file\n\\141 type=dir\n..\n..', 'FORMAT'],
  ['an entry before the root', 'a type=file\n. type=dir\n..', 'FORMAT'],
  ['a root that is a file', '. type=file', 'FORMAT'],
  ['an entry after the root', '. type=dir\n..\na type=file', 'FORMAT'],
  ['one step too many', '. type=dir\n..\n..', 'FORMAT'],
  ['a file that was cut off', '. type=dir\na type=dir\n..\n', 'FORMAT'],
  ['a line that was cut off', '. type=dir\n..\n..\\', 'FORMAT'],
  ['nothing', '', 'FORMAT'],
  ['no type', '.\n..', 'FORMAT'],
  ['an unknown type', '. type=door\n..', 'FORMAT'],
  ['a keyword twice', '. type=dir mode=0 mode=7\n..', 'FORMAT'],
  ['a raw byte outside ASCII', '. type=dir\n\xa0 type=file\n..', 'FORMAT'],
  ['a control character', '. type=dir\n\u000b type=file\n..', 'FORMAT'],
  ['a line of 1 MB', `. type=dir${' '.repeat(1e6)}\n..`, 'FORMAT'],
  ['a line of 1 MB in pieces', `. type=dir${' \\\n'.repeat(5e5)}\n..`, 'FORMAT'],
  ['a negative size', '. type=dir size=-1\n..', 'FORMAT'],
  ['a size in exponents', '. type=dir size=1e3\n..', 'FORMAT'],
  ['an owner beyond 32 bits', '. type=dir uid=4294967296\n..', 'FORMAT'],
  ['a mode that is not octal', '. type=dir mode=u+x\n..', 'FORMAT'],
  ['a mode beyond 12 bits', '. type=dir mode=010000\n..', 'FORMAT'],
  ['a time with a fraction', '. type=dir tar_time=1.5\n..', 'FORMAT'],
  ['a short digest', '. type=dir sha256digest=ab\n..', 'FORMAT'],
  ['a broken attribute', '. type=dir xattr.user.a=!\n..', 'FORMAT'],
  ['an unknown escape', '. type=dir link=\\q\n..', 'FORMAT'],
])('%s is refused', (_, text, code) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ code }))
})

test('a file beyond the limit is refused before it is read', () => {
  const bytes = Buffer.alloc(MTREE_LIMIT + 1)
  expect(() => readMtree(bytes, 'x').next()).toThrow(expect.objectContaining({ code: 'UNSAFE' }))
})

function read(text: string) {
  return [...readMtree(Buffer.from(text, 'latin1'), 'x.mtree')]
}
