import { expect, test } from 'vitest'
import { type Bytes, CHUNK } from '../../src/bytes/bytes.js'
import { tap } from '../../src/hashing/tap.js'
import { regroup } from '../../src/io/doubleBuffer.js'
import { digestOf } from '../../src/spec/digest.js'
import { collect, content, inChunks } from '../fixtures/bytes.js'

test.each(['sha256', 'sha512'] as const)(
  'bytes pass unchanged, and their sum is known after: %s',
  async (algorithm) => {
    const bytes = content(1000)
    const tapped = tap(inChunks(bytes, 7), algorithm)
    expect(await collect(tapped.bytes)).toEqual(bytes)
    expect(await tapped.sum).toEqual({ digest: digestOf(bytes, algorithm), size: 1000 })
  },
)

test('large chunks in shared memory are not replaced before they are hashed', async () => {
  const bytes = content(4 * CHUNK)
  const tapped = tap(regroup(inChunks(bytes, CHUNK), { size: CHUNK / 2 }))
  for await (const _ of tapped.bytes);
  expect((await tapped.sum).digest).toBe(digestOf(bytes))
})

test('there is no sum of bytes that were not read to their end', async () => {
  const tapped = tap(inChunks(content(10), 1))
  for await (const _ of tapped.bytes) break
  await expect(tapped.sum).rejects.toThrow('not read to their end')
})

test('an error of the source is seen by the reader and in the sum', async () => {
  async function* failing(): Bytes {
    yield Buffer.from('x')
    throw new Error('disk on fire')
  }
  const tapped = tap(failing())
  await expect(collect(tapped.bytes)).rejects.toThrow('disk on fire')
  await expect(tapped.sum).rejects.toThrow('disk on fire')
})
