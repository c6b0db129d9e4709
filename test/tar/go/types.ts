import { base256, gnuLong, pax } from '../../fixtures/tar.js'
import type { GoCases } from './cases.js'

const N = { name: 'n', content: 'of n' }
const Z = { name: 'z', content: 'of z' }
const GNU = 'ustar  \0'

/** Headers of every type whose name, size or mode says something else. */
export const TYPES: GoCases = {
  'a directory of old archives': { entries: [{ name: 'n/', type: '\0' }, Z], go: 'directory n/; file z: of z' },
  'a directory of old archives that has content': { entries: [{ ...N, name: 'n/', type: '\0' }], go: 'refuses' },
  'a directory of old archives by its PAX path': {
    entries: [pax({ path: 'p/' }), { ...N, type: '\0' }],
    go: 'refuses',
  },
  'a directory of old archives by its long name': {
    entries: [gnuLong('L', 'p/'), { ...N, type: '\0' }],
    go: 'refuses',
  },
  'a file whose PAX path has no slash at its end': {
    entries: [pax({ path: 'p' }), { ...N, name: 'n/', type: '\0' }],
    go: 'file p: of n',
  },
  'a file with a slash at its end': { entries: [{ ...N, name: 'n/' }, Z], go: 'file n/: of n; file z: of z' },
  'an empty file with a slash at its end': {
    entries: [{ name: 'n/' }, Z],
    go: 'file n/: ; file z: of z',
    harmless: ['directory n/; file z: of z', 'it has no content, and what images are made of is never empty'],
  },
  'a contiguous file with a slash at its end': {
    entries: [{ ...N, name: 'n/', type: '7' }, Z],
    go: 'file n/: of n; file z: of z',
  },
  'a hard link with a size': {
    entries: [{ name: 'n', type: '1', linkTarget: 't', size: 512 }, Z],
    go: 'hardlink n -> t; file z: of z',
  },
  'a symlink with a size': {
    entries: [{ name: 'n', type: '2', linkTarget: 't', size: 512 }, Z],
    go: 'symlink n -> t; file z: of z',
  },
  'a directory with a size': { entries: [{ name: 'n/', type: '5', size: 512 }, Z], go: 'directory n/; file z: of z' },
  'a FIFO with a size': { entries: [{ name: 'n', type: '6', size: 512 }, Z], go: 'other n; file z: of z' },
  'a directory with a PAX size': {
    entries: [pax({ size: '4' }), { name: 'n/', type: '5' }, Z],
    go: 'directory n/; file z: of z',
  },
  'a PAX header of the old type': {
    entries: [{ ...pax({ path: 'p' }), type: 'X' }, N],
    go: 'file PaxHeaders/entry: 9 path=p\n; file n: of n',
    ours: 'refuses',
  },
  'a sparse file of GNU': {
    entries: [{ ...N, type: 'S', magic: GNU, bytes: { 483: '00000000004\0' } }],
    go: 'refuses',
  },
  'a mode of a regular file': { entries: [{ ...N, mode: 0o100_644 }], go: 'file n: of n' },
  'a mode of a symlink for a symlink': {
    entries: [{ name: 'n', type: '2', linkTarget: 't', mode: 0o120_777 }],
    go: 'symlink n -> t',
  },
  'a mode of a symlink for a file': {
    entries: [{ ...N, mode: 0o120_644, linkTarget: 'z' }, Z],
    go: 'file and symlink n: of n; file z: of z',
    ours: 'refuses',
  },
  'a mode of a symlink for a hard link': {
    entries: [{ name: 'n', type: '1', mode: 0o120_644, linkTarget: 'z' }, Z],
    go: 'hardlink and symlink n -> z; file z: of z',
    ours: 'refuses',
  },
  'a mode of a directory for a file': {
    entries: [{ ...N, mode: 0o040_755 }],
    go: 'file and directory n: of n',
    ours: 'refuses',
  },
  'a mode of a socket for a file': {
    entries: [{ ...N, mode: 0o140_755 }],
    go: 'file and socket n: of n',
    ours: 'refuses',
  },
  'a mode in base 256 of a symlink for a file': {
    entries: [{ ...N, bytes: { 100: base256(0o120_644n, 8) } }],
    go: 'file and symlink n: of n',
    ours: 'refuses',
  },
}
