import { expect, test } from 'vitest'
import { digestInTag, following, referenceOf } from '../../src/layer/reference.js'
import { digestOf } from '../../src/spec/digest.js'
import { OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import { attesting } from '../fixtures/archives.js'
import { nameAnnotations } from '../fixtures/image.js'

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

test.each([
  [`sha256-${A.slice(7)}`, A],
  [`sha256-${A.slice(7)}.sig`, A],
  [`docker.io/library/app:sha256-${A.slice(7)}.att`, A],
  [`sha256-${A.slice(7)}.not.one`, undefined],
  [`of-sha256-${A.slice(7)}`, undefined],
  [`sha256-${A.slice(8)}`, undefined],
  [undefined, undefined],
])('the tag %s is that of what is about %s', (tag, digest) => {
  expect(digestInTag(tag)).toBe(digest)
})

test('tags and subjects follow as well', () => {
  const [was, now] = [A, B].map((digest) => digest.replace(':', '-'))
  const annotations = { ...nameAnnotations(`docker.io/library/app:${was}.sig`), 'io.containerd.manifest.subject': A }
  const { annotations: followed } = following({ ...ENTRY, annotations }, new Map([[A, { ...ENTRY, digest: B }]]))
  expect(followed).toEqual({
    ...nameAnnotations(`docker.io/library/app:${now}.sig`),
    'io.containerd.manifest.subject': B,
  })
})
