import { base256, type EntrySpec } from '../../fixtures/tar.js'
import type { GoCases } from './cases.js'

const N = { name: 'n', content: 'of n' }
const Z = { name: 'z', content: 'of z' }
const GNU = 'ustar  \0'
const STAR = { 508: 'tar\0' }
const TIMES = '14371573277 14371573277 '
const P131 = 'p'.repeat(131)

/** Headers whose prefix, names, numbers or checksum are odd. */
export const FIELDS: GoCases = {
  'ustar with a prefix': { entries: [{ ...N, prefix: 'p' }], go: 'file p/n: of n' },
  'ustar with a prefix of 155 bytes': {
    entries: [{ ...N, prefix: 'p'.repeat(155) }],
    go: `file ${'p'.repeat(155)}/n: of n`,
  },
  'ustar of no version': { entries: [{ ...N, prefix: 'p', magic: 'ustar\0\0\0' }], go: 'file p/n: of n' },
  'ustar that lacks its NUL': { entries: [{ ...N, prefix: 'p', magic: 'ustar 00' }], go: 'file n: of n' },
  'v7 with a prefix': { entries: [{ ...N, prefix: 'p', magic: '' }], go: 'file n: of n' },
  'a prefix and no name': { entries: [{ ...N, name: '', prefix: 'p' }, Z], go: 'file p/: of n; file z: of z' },
  'GNU with times': { entries: [{ ...N, magic: GNU, prefix: TIMES }], go: 'file n: of n' },
  'GNU with what is no time': { entries: [{ ...N, magic: GNU, prefix: 'p' }], go: 'file p/n: of n', ours: 'refuses' },
  'GNU with a second time that is none': {
    entries: [{ ...N, magic: GNU, prefix: '14371573277 p' }],
    go: 'file 14371573277 p/n: of n',
    ours: 'refuses',
  },
  'GNU with only a second time, that is none': {
    entries: [{ ...N, magic: GNU, bytes: { 357: 'p' } }],
    go: 'file n: of n',
  },
  'star with a prefix': { entries: [{ ...N, prefix: 'p', bytes: { ...STAR, 476: TIMES } }], go: 'file p/n: of n' },
  'star with a prefix of 131 bytes, and no times': {
    entries: [{ ...N, prefix: P131, bytes: STAR }],
    go: `file ${P131}/n: of n`,
  },
  'star with a prefix of 131 bytes, and times': {
    entries: [{ ...N, prefix: P131 + TIMES, bytes: STAR }],
    go: `file ${P131}/n: of n`,
    ours: 'refuses',
  },
  'star with times that are none': { entries: [{ ...N, bytes: { ...STAR, 476: 'p' } }], go: 'refuses' },
  'v7 with what star has at its end': {
    entries: [{ ...N, magic: '', prefix: P131 + TIMES, bytes: STAR }],
    go: 'file n: of n',
  },
  'a name of 100 bytes': { entries: [{ ...N, name: 'n'.repeat(100) }], go: `file ${'n'.repeat(100)}: of n` },
  'a name of nothing': { entries: [{ ...N, name: '' }, Z], go: 'file : of n; file z: of z' },
  'a name in UTF-8': { entries: [{ ...N, name: 'né' }], go: 'file né: of n' },
  'a name that is not UTF-8': {
    entries: [{ ...N, bytes: { 0: Buffer.from([0xff]) } }],
    go: 'file �: of n',
    harmless: [
      'file �: of n',
      'names that only differ in such bytes are one here: a member twice, refused if their content differs',
    ],
  },
  'a link target of 100 bytes': {
    entries: [{ name: 'n', type: '2', linkTarget: 't'.repeat(100) }],
    go: `symlink n -> ${'t'.repeat(100)}`,
  },
  'a size that ends in a space': { entries: [size('00000000004 ')], go: 'file n: of n' },
  'a size that fills its field': { entries: [size('000000000004')], go: 'file n: of n' },
  'a size after spaces': { entries: [size('          4')], go: 'file n: of n' },
  'a size after NULs': { entries: [size('\0\0\x0000000004')], go: 'file n: of n', ours: 'refuses' },
  'a size before a NUL and more': { entries: [size('4\0junk')], go: 'file n: of n' },
  'a size before a space, a NUL and more': { entries: [size('4 \0junk')], go: 'refuses' },
  'a size of NULs': { entries: [{ ...size(''), content: '' }, Z], go: 'file n: ; file z: of z' },
  'a size of a NUL and more': { entries: [{ ...size('\0junk'), content: '' }, Z], go: 'refuses' },
  'a size of spaces': { entries: [{ ...size('            '), content: '' }, Z], go: 'file n: ; file z: of z' },
  'a size with a sign': { entries: [size('+0000000004')], go: 'refuses' },
  'a size of two numbers': { entries: [size('4 4')], go: 'refuses' },
  'a size in base 256': { entries: [{ ...N, size: base256(4n) }], go: 'file n: of n' },
  'a negative size': { entries: [{ ...N, size: Buffer.alloc(12, 0xff) }], go: 'refuses' },
  'a negative size of a directory': {
    entries: [{ name: 'n/', type: '5', size: Buffer.alloc(12, 0xff) }, Z],
    go: 'directory n/; file z: of z',
    ours: 'refuses',
  },
  'a mode that is no number': { entries: [{ ...N, bytes: { 100: 'rw-r--r-' } }], go: 'refuses' },
  'an owner that is no number': { entries: [{ ...N, bytes: { 108: 'root' } }], go: 'refuses' },
  'a group that is no number': { entries: [{ ...N, bytes: { 116: 'root' } }], go: 'refuses' },
  'a time that is no number': { entries: [{ ...N, bytes: { 136: 'today' } }], go: 'refuses' },
  'a time before 1970': { entries: [{ ...N, bytes: { 136: Buffer.alloc(12, 0xff) } }], go: 'file n: of n' },
  'a time beyond 64 bits': { entries: [{ ...N, bytes: { 136: base256(1n << 63n) } }], go: 'refuses' },
  'a device that is no number': { entries: [{ ...N, bytes: { 329: 'sda' } }], go: 'refuses' },
  'a device in v7 that is no number': { entries: [{ ...N, magic: '', bytes: { 329: 'sda' } }], go: 'file n: of n' },
  'a checksum that is wrong': { entries: [{ ...N, checksum: '000000\0 ' }], go: 'refuses' },
  'a checksum that is no number': { entries: [{ ...N, checksum: 'checksum' }], go: 'refuses' },
}

/** A file whose size field is this text. */
function size(text: string): EntrySpec {
  return { ...N, size: Buffer.from(text.padEnd(12, '\0'), 'latin1') }
}
