import { expect, test } from 'vitest'
import { assertNoRivals } from '../../src/image/rivals.js'

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
  expect(() => assertNoRivals(claimants)).not.toThrow()
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
  expect(() => assertNoRivals(claimants)).toThrow(
    expect.objectContaining({ code: 'FORMAT', where: 'app:v1', found: 'sha256:1 and sha256:2' }),
  )
})
