import { expect, test } from 'vitest'
import { digestOf, hexOf } from '../../src/spec/digest.js'
import { remoteHash } from '../../src/threads/chunkThreads.js'
import { content, shared } from '../fixtures/bytes.js'

test('many hashes at a time do not mix, and a hash that is given up disturbs none', async () => {
  const all = Array.from({ length: 12 }, (_, at) => content(5000, at + 1))
  const hexes = await Promise.all(
    all.map(async (bytes, at) => {
      const hash = remoteHash('sha256')
      for (let from = 0; from < bytes.length; from += 700) await hash.update(shared(bytes.subarray(from, from + 700)))
      if (at % 3 === 0) return hash.discard()
      return hash.digest()
    }),
  )
  expect(hexes).toEqual(all.map((bytes, at) => (at % 3 === 0 ? undefined : hexOf(digestOf(bytes)))))
})

test('memory may be used again once a chunk is taken', async () => {
  const hash = remoteHash('sha512')
  const memory = shared(Buffer.from('ab'))
  await hash.update(memory.subarray(0, 1))
  memory.fill(0x63)
  await hash.update(memory.subarray(1))
  expect(await hash.digest()).toBe(hexOf(digestOf(Buffer.from('ac'), 'sha512')))
})

test('a hash of nothing is that of no bytes', async () => {
  expect(await remoteHash('sha256').digest()).toBe(hexOf(digestOf(new Uint8Array(0))))
})
