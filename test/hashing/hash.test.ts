import { expect, test } from 'vitest'
import { CHUNK } from '../../src/bytes/bytes.js'
import { hasher, sum } from '../../src/hashing/hash.js'
import { regroup } from '../../src/io/doubleBuffer.js'
import { digestOf } from '../../src/spec/digest.js'
import { content, inChunks } from '../fixtures/bytes.js'

test.each(['sha256', 'sha512'] as const)('the sum is the same here and in another thread: %s', async (algorithm) => {
  const bytes = content(3 * CHUNK + 17)
  const expected = { digest: digestOf(bytes, algorithm), size: bytes.length }
  expect(await sum(inChunks(bytes, 65_537), algorithm)).toEqual(expected)
  expect(await sum(regroup(inChunks(bytes, 65_537)), algorithm)).toEqual(expected)
})

test('the sum of nothing is that of no bytes', async () => {
  expect(await sum(inChunks(new Uint8Array(0), 1))).toEqual({ digest: digestOf(new Uint8Array(0)), size: 0 })
})

test('a chunk in memory that is not shared is hashed at once', async () => {
  const hash = hasher()
  expect(hash.update(content(CHUNK))).toBeUndefined()
  expect(await hash.digest()).toBe(digestOf(content(CHUNK)))
})

test('a large chunk in shared memory is waited for, and memory of any kind may follow', async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(CHUNK))
  const hash = hasher()
  const first = hash.update(shared)
  expect(first).toBeInstanceOf(Promise)
  await first
  await hash.update(Buffer.from('x'))
  expect(await hash.digest()).toBe(digestOf(Buffer.concat([shared, Buffer.from('x')])))
})

test('giving up after the digest, or before anything came, does nothing', async () => {
  const hash = hasher()
  hash.discard()
  await hash.update(new Uint8Array(new SharedArrayBuffer(CHUNK)))
  expect(await hash.digest()).toBe(digestOf(Buffer.alloc(CHUNK)))
  hash.discard()
})
