import { describe, expect, test } from 'vitest'
import { rename } from '../../src/image/rename.js'
import { OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import { named, nameOf } from '../../src/store/names.js'

const DESCRIPTOR = { mediaType: OCI_MANIFEST, digest: 'sha256:0', size: 1, annotations: { a: 'b' } }
const IMAGE = {
  label: 'app:v1',
  from: 'sha256:1',
  isReferrer: false,
  cameAlong: false,
  entries: [named(DESCRIPTOR, 'x.io/app:v1'), named(DESCRIPTOR, 'docker.io/library/y:2')],
}
const UNNAMED = { label: 'sha256:0', from: null, isReferrer: false, cameAlong: false, entries: [DESCRIPTOR] }
const NEW = { tags: [], addTags: [], repository: 'dir' }

describe('renaming', () => {
  test('without new names leaves everything as it is', () => {
    const entries = rename([IMAGE, UNNAMED], NEW)
    expect(entries.map(({ entry }) => entry)).toEqual([...IMAGE.entries, DESCRIPTOR])
    expect(entries.map(({ from }) => from)).toEqual(['sha256:1', 'sha256:1', null])
  })

  test.each([
    [{ tags: ['v2'] }, ['x.io/app:v2']],
    [{ tags: ['z'], addTags: ['q.io/w'] }, ['x.io/app:z', 'q.io/w:latest']],
    [{ addTags: ['v2'] }, ['x.io/app:v1', 'docker.io/library/y:2', 'x.io/app:v2']],
  ])('by %j gives %j', (names, expected) => {
    const entries = rename([IMAGE], { ...NEW, ...names })
    expect(entries.map(({ entry }) => nameOf(entry, undefined))).toEqual(expected)
    for (const { entry, from } of entries) expect([entry.annotations?.a, from]).toEqual(['b', 'sha256:1'])
  })

  test('of an image without name takes the directory for its repository, and leaves no unnamed entry', () => {
    for (const names of [{ tags: ['v1'] }, { addTags: ['v1'] }]) {
      const entries = rename([UNNAMED], { ...NEW, ...names })
      expect(entries.map(({ entry }) => nameOf(entry, undefined))).toEqual(['docker.io/library/dir:v1'])
    }
  })

  test('of what is about another goes to what was chosen, not to what came along', () => {
    const signature = { ...UNNAMED, isReferrer: true }
    const countersigned = { ...signature, cameAlong: true }
    const entries = rename([signature, countersigned], { ...NEW, tags: ['v2'] })
    expect(entries.map(({ entry }) => nameOf(entry, undefined))).toEqual(['docker.io/library/dir:v2', undefined])
  })

  test('leaves what is about the image under its own name', () => {
    const entries = rename([IMAGE, { ...UNNAMED, isReferrer: true }], { ...NEW, tags: ['v2'] })
    expect(entries.map(({ entry }) => nameOf(entry, undefined))).toEqual(['x.io/app:v2', undefined])
    const alone = rename([{ ...UNNAMED, isReferrer: true }], { ...NEW, tags: ['v2'] })
    expect(alone.map(({ entry }) => nameOf(entry, undefined))).toEqual(['docker.io/library/dir:v2'])
  })

  test('refuses several images, none, and illegal names, as mistakes of usage', () => {
    const mistake = expect.objectContaining({ code: 'USAGE' })
    expect(() => rename([IMAGE, UNNAMED], { ...NEW, tags: ['v2'] })).toThrow(mistake)
    expect(() => rename([], { ...NEW, addTags: ['v2'] })).toThrow(mistake)
    expect(() => rename([IMAGE], { ...NEW, tags: ['not a name'] })).toThrow(mistake)
    expect(() => rename([UNNAMED], { ...NEW, tags: ['v1'], repository: 'Not Legal' })).toThrow(mistake)
  })
})
