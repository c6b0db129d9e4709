import { expect, test } from 'vitest'
import { digestOf } from '../../../src/spec/digest.js'
import { blobPath, claimedDigest } from '../../../src/store/layout/layoutNames.js'

test.each(['sha256', 'sha512'] as const)('the path of a blob claims its digest, in any folder: %s', (algorithm) => {
  const digest = digestOf(Buffer.from('text'), algorithm)
  expect(claimedDigest(blobPath(digest))).toBe(digest)
  expect(claimedDigest(`images/${blobPath(digest)}`)).toBe(digest)
})

test.each([
  `blobs/sha256/${'a'.repeat(63)}`,
  `blobs/sha256/${'A'.repeat(64)}`,
  `blobs/sha512/${'a'.repeat(64)}`,
  `blobs/md5/${'a'.repeat(32)}`,
  `xblobs/sha256/${'a'.repeat(64)}`,
  `blobs/sha256/${'a'.repeat(64)}/layer.tar`,
  'index.json',
])('no other path claims one: %s', (path) => {
  expect(claimedDigest(path)).toBeUndefined()
})
