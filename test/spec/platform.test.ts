import { expect, test } from 'vitest'
import { parsePlatform, platformMatches, printPlatform } from '../../src/spec/platform.js'

test.each([
  ['linux/amd64', 'linux/amd64'],
  ['Linux/AMD64', 'linux/amd64'],
  ['linux/x86_64', 'linux/amd64'],
  ['linux/x86-64', 'linux/amd64'],
  ['linux/i386', 'linux/386'],
  ['linux/aarch64', 'linux/arm64'],
  ['linux/arm64/v8', 'linux/arm64'],
  ['linux/arm64/8', 'linux/arm64'],
  ['linux/arm64/v9', 'linux/arm64/v9'],
  ['linux/arm/v6', 'linux/arm/v6'],
  ['linux/riscv64', 'linux/riscv64'],
  ['linux/constructor', 'linux/constructor'],
])('%s is %s', (text, printed) => {
  expect(printPlatform(parsePlatform(text))).toBe(printed)
})

test.each(['', 'linux', 'linux/', '/amd64', 'linux/arm/', 'linux/arm/v7/x'])('%j is not a platform', (text) => {
  expect(() => parsePlatform(text)).toThrow(expect.objectContaining({ code: 'USAGE', found: JSON.stringify(text) }))
})

test('parts that are missing are not printed', () => {
  expect(printPlatform(undefined)).toBeUndefined()
  expect(printPlatform({})).toBeUndefined()
  expect(printPlatform({ os: '', architecture: '', variant: '' })).toBeUndefined()
  expect(printPlatform({ architecture: 'arm', variant: 'v7' })).toBe('arm/v7')
})

test.each([
  ['linux/amd64', { os: 'linux', architecture: 'amd64' }, true],
  ['linux/amd64', { os: 'linux', architecture: 'x86_64' }, true],
  ['linux/amd64', { os: 'linux', architecture: 'amd64', variant: 'v3' }, true],
  ['linux/amd64/v3', { os: 'linux', architecture: 'amd64' }, false],
  ['linux/amd64', { os: 'windows', architecture: 'amd64' }, false],
  ['linux/amd64', { os: 'linux', architecture: '386' }, false],
  ['linux/arm64', { os: 'linux', architecture: 'arm64', variant: 'v8' }, true],
  ['linux/arm64/v8', { os: 'linux', architecture: 'arm64', variant: '' }, true],
  ['linux/arm', { os: 'linux', architecture: 'arm', variant: 'v6' }, true],
  ['linux/arm/v7', { os: 'linux', architecture: 'arm' }, true],
  ['linux/arm/v6', { os: 'linux', architecture: 'arm' }, false],
])('%s is satisfied by %j: %s', (wanted, found, matches) => {
  expect(platformMatches(parsePlatform(wanted), found)).toBe(matches)
})
