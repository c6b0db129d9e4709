import { expect, test } from 'vitest'
import { following, referenceOf } from '../../src/layer/reference.js'
import { digestOf } from '../../src/spec/digest.js'
import { OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import { attesting } from '../fixtures/archives.js'

const [A, B] = [digestOf(Buffer.from('a')), digestOf(Buffer.from('b'))]
const ENTRY = { mediaType: OCI_MANIFEST, digest: A, size: 1 }

test('a descriptor claims what its annotations say', () => {
  expect(referenceOf(attesting(ENTRY, B))).toEqual({ attests: true, isThere: true, digest: B })
  expect(referenceOf({ ...ENTRY, annotations: { a: 'b' } })).toEqual({
    attests: false,
    isThere: false,
    digest: undefined,
  })
})

test('a reference follows what was rewritten, and nothing else changes', () => {
  const claimed = attesting({ ...ENTRY, annotations: { a: 'b' } }, B)
  const now = new Map([[B, ENTRY]])
  expect(JSON.stringify(following(claimed, now))).toBe(JSON.stringify(claimed).replace(B, A))
  expect(following(claimed, new Map([[A, ENTRY]]))).toBe(claimed)
  expect(following(ENTRY, now)).toBe(ENTRY)
})
