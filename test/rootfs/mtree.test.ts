import { expect, test } from 'vitest'
import { type MtreeEntry, type MtreeStep, mtreeText } from '../../src/rootfs/mtree.js'
import { MTREE_HEADER, mtreeDirectory, mtreeEntry, mtreeOf } from '../fixtures/mtree.js'

const SHA256 = 'ab'.repeat(32)

test('an mtree file has the lines that umoci writes', () => {
  const text = mtreeOf(
    mtreeDirectory('rootfs', { nlink: 3 }),
    mtreeEntry('empty', { size: 0, mode: 0o664, sha256: SHA256 }),
    mtreeEntry('link', { type: 'link', mode: 0o777, size: 6, link: Buffer.from('to sea') }),
    mtreeEntry('su', { uid: 5, gid: 6, mode: 0o4755, nlink: 2, mtimeSeconds: -3n }),
    mtreeDirectory('home', { uid: 7, gid: 7, mode: 0 }),
    mtreeEntry('none', { mode: 0, uid: 7, gid: 7 }),
    '..',
    mtreeDirectory('tmp', { uid: 7, gid: 7, mode: 0o1777 }),
    mtreeDirectory('a b', { xattrs: [['user.x y', Buffer.from('value')]] }),
    '..',
    '..',
    '..',
  )
  expect(text).toBe(`#          tree: bundle/rootfs
#          date: Tue Feb 3 04:05:06 2026
#      keywords: size,type,uid,gid,mode,link,nlink,tar_time,sha256digest,xattr

# .
/set type=file nlink=1 mode=0664 uid=0 gid=0
. size=4096 type=dir mode=0755 nlink=3 tar_time=1.000000000
    empty size=0 tar_time=1.000000000 sha256digest=${SHA256}
    link size=6 type=link mode=0777 link=to\\040sea tar_time=1.000000000
    su size=1 uid=5 gid=6 mode=04755 nlink=2 tar_time=-3.000000000

# home
/set type=file nlink=1 mode=0664 uid=7 gid=7
home size=4096 type=dir mode=0 nlink=2 tar_time=1.000000000
    none size=1 mode=0 tar_time=1.000000000
..

# tmp
tmp size=4096 type=dir mode=01777 nlink=2 tar_time=1.000000000

# tmp/a\\040b
/set type=file nlink=1 mode=0664 uid=0 gid=0
a\\040b size=4096 type=dir mode=0755 nlink=2 tar_time=1.000000000 xattr.user.x\\040y=dmFsdWU=
..
..
..
`)
})

test('what is known of the machine is said first', () => {
  const pieces = mtreeText({ ...MTREE_HEADER, user: 'root', machine: 'host' }, [])
  const { value } = pieces.next()
  expect(value).toMatch(/^# {10}user: root\n# {7}machine: host\n# {10}tree: bundle\/rootfs\n# {10}date: /)
})

test('a path with the end of a line in it adds no line', () => {
  const { value } = mtreeText({ ...MTREE_HEADER, tree: 'a\n..' }, []).next()
  expect(value).toContain('tree: a\\012..\n')
})

test.each([
  ['a value', [['user.a', Buffer.alloc(1025)]]],
  [
    'names',
    [
      ['user.a', Buffer.alloc(1)],
      [`user.${'b'.repeat(1020)}`, Buffer.alloc(1)],
    ],
  ],
  ['a line', Array.from({ length: 100 }, (_, at) => [`user.${at}`, Buffer.alloc(1024)])],
] as [string, NonNullable<MtreeEntry['xattrs']>][])(
  'beyond the limits of umoci for %s, attributes are left out',
  async (_, xattrs) => {
    expect(mtreeOf(mtreeDirectory('.', { xattrs }), '..')).not.toContain('xattr.user')
  },
)

test('attributes up to the limits are written', () => {
  const text = mtreeOf(mtreeDirectory('.', { xattrs: [[Buffer.from('user.a'), Buffer.alloc(1024)]] }), '..')
  expect(text).toContain(`xattr.user.a=${'A'.repeat(1364)}`)
})

test('deep directories have short comments', () => {
  const names = Array.from({ length: 5000 }, () => 'a'.repeat(200))
  const text = mtreeOf(...names.map((name) => mtreeDirectory(name)), ...names.map(() => '..' as const))
  expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThan(17 * 1024)
})

test('text comes in pieces, as the steps come', () => {
  let taken = 0
  const steps = function* (): Generator<MtreeStep> {
    yield mtreeDirectory('.')
    for (; taken < 10_000; taken++) yield mtreeEntry(`file${taken}`)
    yield '..'
  }
  const pieces = mtreeText(MTREE_HEADER, steps())
  const { value } = pieces.next()
  expect(value?.length).toBeLessThan(70_000)
  expect(taken).toBeLessThan(2000)
  let text = value ?? ''
  for (const piece of pieces) text += piece
  expect(text.split('\n')).toHaveLength(10_000 + 9)
})

test('names of attributes keep their bytes', () => {
  const binary = Buffer.from('user.é').toString('latin1')
  const text = mtreeOf(mtreeDirectory('.', { xattrs: [[binary, Buffer.from('x')]] }), '..')
  expect(text).toContain('xattr.user.\\303\\251=eA==')
})
