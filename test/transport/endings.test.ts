import { expect, test } from 'vitest'
import { compressionOf, otherEnding, withoutEnding } from '../../src/transport/endings.js'

test.each([
  ['out.tar', 'out', 'none'],
  ['out.v1.TAR', 'out.v1', 'none'],
  ['out.tar.gz', 'out', 'gzip'],
  ['out.Tgz', 'out', 'gzip'],
  ['out.tar.zst', 'out', 'zstd'],
  ['out.tar.ZSTD', 'out', 'zstd'],
  ['out.tzst', 'out', 'zstd'],
] as const)('%s is the archive %s, written as its name says: %s', (path, stem, compression) => {
  expect([compressionOf(path), otherEnding(path), withoutEnding(path)]).toEqual([compression, undefined, stem])
})

test.each([
  ...['tar.xz', 'TXZ', 'tar.bz2', 'tbz2', 'tbz', 'tar.lz4', 'tar.lzma', 'tar.lz', 'tar.Z', 'zip', 'Zip', '7z', 'rar'],
  ...['gz', 'zst', 'xz', 'bz2', 'oci', 'sif', 'squashfs'],
])('the ending .%s is that of something that is not written', (ending) => {
  expect(otherEnding(`dir/out.${ending}`)).toBe(ending)
  expect(compressionOf(`dir/out.${ending}`)).toBeUndefined()
})

test.each(['out', 'tar', 'zip', 'out.tar.d', 'out.tar.xz/', 'a.zip/out', 'out.xzip', 'out-1.2.3', 'out.d'])(
  '%s has no ending of an archive',
  (path) => {
    expect([compressionOf(path), otherEnding(path)]).toEqual([undefined, undefined])
    expect(withoutEnding(path)).toBe(path)
  },
)
