import { expect, test } from 'vitest'
import { assertClaim } from '../../src/spec/claim.js'
import { digestOf } from '../../src/spec/digest.js'

const CLAIM = { digest: digestOf(Buffer.from('one')), size: 100 }
const OTHER = digestOf(Buffer.from('other'))

test('a sum is compared with a claim, the size first', () => {
  expect(() => assertClaim(CLAIM, CLAIM)).not.toThrow()
  expect(() => assertClaim({ digest: OTHER, size: 1 }, CLAIM)).toThrow('size differs: expected 100, found 1')
  expect(() => assertClaim({ ...CLAIM, digest: OTHER }, CLAIM, 'blob')).toThrow(
    expect.objectContaining({ code: 'INTEGRITY', where: 'blob', expected: CLAIM.digest, found: OTHER }),
  )
})
