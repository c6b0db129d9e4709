import { expect, test } from 'vitest'
import { verified } from '../../src/hashing/verify.js'
import { digestOf } from '../../src/spec/digest.js'
import { collect, content, inChunks } from '../fixtures/bytes.js'

const BYTES = content(100)
const CLAIM = { digest: digestOf(BYTES), size: 100 }
const OTHER = digestOf(Buffer.from('x'))

test.each(['sha256', 'sha512'] as const)('bytes that are what was claimed come through: %s', async (algorithm) => {
  const claim = { digest: digestOf(BYTES, algorithm), size: 100 }
  expect(await collect(verified(inChunks(BYTES, 7), { claim, where: 'blob' }))).toEqual(BYTES)
})

test.each([
  ['too few bytes', BYTES, { ...CLAIM, size: 101 }, { expected: 101, found: 100 }],
  ['other bytes', BYTES, { ...CLAIM, digest: OTHER }, { expected: OTHER, found: CLAIM.digest }],
  ['nothing', BYTES.subarray(100), CLAIM, { expected: 100, found: 0 }],
])('%s fail at the end, with both values', async (_, bytes, claim, values) => {
  await expect(collect(verified(inChunks(bytes, 7), { claim, where: 'blob' }))).rejects.toMatchObject({
    code: 'INTEGRITY',
    where: 'blob',
    ...values,
  })
})

test('too many bytes fail at once: none beyond the claim comes through', async () => {
  let passed = 0
  const reading = async () => {
    for await (const chunk of verified(inChunks(BYTES, 10), { claim: { ...CLAIM, size: 25 }, where: 'blob' })) {
      passed += chunk.length
    }
  }
  await expect(reading()).rejects.toMatchObject({ code: 'INTEGRITY', expected: 25, found: '30 or more' })
  expect(passed).toBe(20)
})
