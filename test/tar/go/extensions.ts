import { type EntrySpec, gnuLong, pax } from '../../fixtures/tar.js'
import type { GoCases } from './cases.js'

const N = { name: 'n', content: 'of n' }
const Z = { name: 'z', content: 'of z' }
const BETWEEN = pax({ comment: 'c' }, 'g')

/** Extensions that are odd, or in an odd order. */
export const EXTENSIONS: GoCases = {
  'a PAX path': { entries: [pax({ path: 'p' }), N], go: 'file p: of n' },
  'an empty PAX path': { entries: [pax({ path: '' }), N], go: 'file n: of n' },
  'an empty PAX header': { entries: [pax({}), N], go: 'file n: of n' },
  'a PAX path twice': { entries: [records('9 path=p\n9 path=q\n'), N], go: 'file q: of n' },
  'a PAX path and an empty one': { entries: [records('9 path=p\n8 path=\n'), N], go: 'file n: of n' },
  'a PAX path with a NUL': { entries: [pax({ path: 'p\0q' }), N], go: 'refuses' },
  'a PAX link target with a NUL': { entries: [pax({ linkpath: 'p\0q' }), { name: 'n', type: '2' }], go: 'refuses' },
  'a PAX owner with a NUL': { entries: [pax({ uname: 'u\0' }), N], go: 'refuses' },
  'a PAX keyword with a NUL': { entries: [pax({ 'k\0': 'v' }), N], go: 'refuses' },
  'a PAX record without a keyword': { entries: [records('5 =v\n'), N], go: 'refuses' },
  'a PAX value with "="': { entries: [pax({ path: 'p=q' }), N], go: 'file p=q: of n' },
  'NULs after the PAX records': { entries: [records('9 path=p\n\0\0'), N], go: 'refuses' },
  'a PAX length with a sign': { entries: [records('+10 path=p\n'), N], go: 'refuses' },
  'a PAX size that agrees': { entries: [pax({ size: '4' }), N], go: 'file n: of n' },
  'a PAX size that differs': { entries: [pax({ size: '0' }), N, Z], go: 'refuses' },
  'a PAX size for a header that says 0': {
    entries: [pax({ size: '4' }), { ...N, size: 0 }, Z],
    go: 'file n: of n; file z: of z',
    ours: 'refuses',
  },
  'a PAX size with a sign': { entries: [pax({ size: '+4' }), N], go: 'file n: of n', ours: 'refuses' },
  'a negative PAX size': { entries: [pax({ size: '-4' }), N], go: 'refuses' },
  'an empty PAX size': { entries: [pax({ size: '' }), N], go: 'file n: of n', ours: 'refuses' },
  'a PAX time': { entries: [pax({ mtime: '-1.5', atime: '1.', ctime: '+1' }), N], go: 'file n: of n' },
  'a PAX time that is no number': { entries: [pax({ mtime: 'today' }), N], go: 'refuses' },
  'a PAX owner that is no number': { entries: [pax({ uid: '1.5' }), N], go: 'refuses' },
  'names that PAX calls binary': { entries: [pax({ hdrcharset: 'BINARY', path: 'p' }), N], go: 'file p: of n' },
  'a sparse file of PAX': {
    entries: [pax({ 'GNU.sparse.map': '0,4', 'GNU.sparse.size': '4' }), N],
    go: 'refuses',
    ours: 'refuses',
  },
  'a sparse file by name only': { entries: [pax({ 'GNU.sparse.name': 'p' }), N], go: 'file n: of n', ours: 'refuses' },
  'a long name': { entries: [gnuLong('L', 'p'), N], go: 'file p: of n' },
  'a long name without a NUL': { entries: [{ name: 'l', type: 'L', content: 'p' }, N], go: 'file p: of n' },
  'a long name with a NUL and more': { entries: [gnuLong('L', 'p\0q'), N], go: 'file p: of n' },
  'a long target': { entries: [gnuLong('K', 'p'), { name: 'n', type: '2', linkTarget: 't' }], go: 'symlink n -> p' },
  'an empty long name': { entries: [gnuLong('L', ''), N], go: 'file n: of n', ours: 'refuses' },
  'a long name and an empty one': {
    entries: [gnuLong('L', 'p'), gnuLong('L', ''), N],
    go: 'file n: of n',
    ours: 'refuses',
  },
  'a long name twice': { entries: [gnuLong('L', 'p'), gnuLong('L', 'p'), N], go: 'file p: of n' },
  'two long names': { entries: [gnuLong('L', 'p'), gnuLong('L', 'q'), N], go: 'file q: of n', ours: 'refuses' },
  'a long name, and another as PAX path': {
    entries: [gnuLong('L', 'p'), pax({ path: 'q' }), N],
    go: 'file p: of n',
    ours: 'refuses',
  },
  'a PAX path, and another as long name': {
    entries: [pax({ path: 'q' }), gnuLong('L', 'p'), N],
    go: 'file p: of n',
    ours: 'refuses',
  },
  'two PAX headers': { entries: [pax({ path: 'p' }), pax({ mtime: '1' }), N], go: 'file n: of n', ours: 'refuses' },
  'a long name and target and PAX records': {
    entries: [gnuLong('K', 'p'), gnuLong('L', 'q'), pax({ mtime: '1' }), N],
    go: 'file q: of n',
  },
  'a header of all entries': { entries: [BETWEEN, N], go: 'all PaxHeaders/entry; file n: of n' },
  'a header of all entries before a PAX one': {
    entries: [BETWEEN, pax({ path: 'p' }), N],
    go: 'all PaxHeaders/entry; file p: of n',
  },
  'a header of all entries after a PAX one': {
    entries: [pax({ path: 'p' }), BETWEEN, N],
    go: 'all PaxHeaders/entry; file n: of n',
    ours: 'refuses',
  },
  'a header of all entries after a long name': {
    entries: [gnuLong('L', 'p'), BETWEEN, N],
    go: 'all PaxHeaders/entry; file n: of n',
    ours: 'refuses',
  },
  'a header of all entries after a long target': {
    entries: [gnuLong('K', 'p'), BETWEEN, N],
    go: 'all PaxHeaders/entry; file n: of n',
    ours: 'refuses',
  },
  'a path of all entries': { entries: [pax({ path: 'p' }, 'g'), N], go: 'all p; file n: of n', ours: 'refuses' },
  'a size of all entries': {
    entries: [pax({ size: '0' }, 'g'), N],
    go: 'all PaxHeaders/entry; file n: of n',
    ours: 'refuses',
  },
  'holes of all entries': {
    entries: [pax({ 'GNU.sparse.name': 'p' }, 'g'), N],
    go: 'all PaxHeaders/entry; file n: of n',
    ours: 'refuses',
  },
  'a PAX header at the end': { entries: [N, pax({ path: 'p' })], go: 'file n: of n', ours: 'refuses' },
  'a long name at the end': { entries: [N, gnuLong('L', 'p')], go: 'file n: of n', ours: 'refuses' },
  'a header of all entries at the end': { entries: [N, BETWEEN], go: 'file n: of n; all PaxHeaders/entry' },
}

/** A PAX header with this body. */
function records(content: string): EntrySpec {
  return { name: 'records', type: 'x', content }
}
