import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assertNoConflict, type Claimant } from '../../src/image/nameConflicts.js'
import { ImageError } from '../../src/spec/errors.js'

const one = { name: 'docker.io/library/app:v1', content: 'sha256:1', platform: undefined }

test.each([
  ['one image under several names', [one, { ...one, name: 'docker.io/library/app:v2' }]],
  ['one image twice under a name', [one, one]],
  [
    'several platforms under a name',
    [
      { ...one, platform: 'linux/amd64' },
      { ...one, content: 'sha256:2', platform: 'linux/arm64' },
    ],
  ],
])('%s is no conflict', (_, claimants) => {
  expect(() => assertNoConflict(claimants)).not.toThrow()
})

test.each([
  ['of no platform', undefined, undefined],
  ['of one platform', 'linux/amd64', 'linux/amd64'],
  ['of which one says no platform', 'linux/amd64', undefined],
  ['of which the other says none', undefined, 'linux/amd64'],
])('two images %s under a name are refused, with both and the familiar name', (_, platform, other) => {
  const claimants = [
    { ...one, platform },
    { ...one, content: 'sha256:2', platform: other },
  ]
  expect(() => assertNoConflict(claimants)).toThrow(
    expect.objectContaining({ code: 'FORMAT', where: 'app:v1', found: 'sha256:1 and sha256:2' }),
  )
})

test('whoever is up against whom is found as by comparing all with all', () => {
  const claimant = fc.record({
    name: fc.constantFrom('docker.io/library/a:v1', 'docker.io/library/b:v1'),
    content: fc.constantFrom('1', '2'),
    platform: fc.constantFrom(undefined, 'linux/amd64', 'linux/arm64', 'linux/s390x'),
  })
  fc.assert(
    fc.property(fc.array(claimant, { maxLength: 8 }), (claimants) => {
      expect(refusalOf(claimants)).toEqual(comparedAll(claimants))
    }),
  )
})

function refusalOf(claimants: Claimant[]): unknown {
  try {
    assertNoConflict(claimants)
    return undefined
  } catch (error) {
    return error instanceof ImageError ? error.found : error
  }
}

function comparedAll(claimants: Claimant[]): string | undefined {
  for (const [at, one] of claimants.entries()) {
    const others = claimants.slice(0, at).filter(({ name }) => name === one.name)
    const rival = others.find(
      ({ content, platform }) =>
        content !== one.content && (platform === undefined || one.platform === undefined || platform === one.platform),
    )
    if (rival !== undefined) return `${rival.content} and ${one.content}`
  }
  return undefined
}
