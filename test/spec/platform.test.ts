import { expect, test } from 'vitest'
import {
  differInVersion,
  type PlatformName,
  parsePlatform,
  platformMatches,
  printPlatform,
} from '../../src/spec/platform.js'

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
  ['windows(10.0.20348)/amd64', 'windows(10.0.20348)/amd64'],
  ['windows/amd64:10.0.20348.2227', 'windows(10.0.20348.2227)/amd64'],
  ['Windows(10.0.17763+Win32k)/x86_64', 'windows(10.0.17763+win32k)/amd64'],
  ['linux(5)/arm/v7', 'linux(5)/arm/v7'],
])('%s is %s', (text, printed) => {
  expect(printPlatform(parsePlatform(text))).toBe(printed)
})

test.each([
  '',
  'linux',
  'linux/',
  '/amd64',
  'linux/arm/',
  'linux/arm/v7/x',
  'windows()/amd64',
  'windows(1)/amd64:2',
  'windows(1/amd64',
  '(1)/amd64',
  'windows/amd64:',
])('%j is not a platform', (text) => {
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
  ['windows/amd64', windows('10.0.20348.2227'), true],
  ['windows(10.0.20348)/amd64', windows('10.0.20348.2227'), true],
  ['windows(10.0.2034)/amd64', windows('10.0.20348.2227'), false],
  ['windows/amd64:10.0.20348.2227', windows('10.0.20348.2227'), true],
  ['windows/amd64:10.0.17763', windows('10.0.20348.2227'), false],
  ['windows/amd64:10.0.17763', { os: 'windows', architecture: 'amd64' }, false],
  ['windows(10.0+win32k)/amd64', windows('10.0.1', 'win32k', 'other'), true],
  ['windows(10.0+win32k)/amd64', windows('10.0.1'), false],
])('%s is satisfied by %j: %s', (wanted, found, matches) => {
  expect(platformMatches(parsePlatform(wanted), found)).toBe(matches)
})

test('versions tell platforms apart that are the same otherwise', () => {
  const [one, other] = [windows('10.0.17763.1'), windows('10.0.20348.1')]
  expect(differInVersion(one, other)).toBe(true)
  expect(differInVersion(one, windows('10.0.17763.1'))).toBe(false)
  expect(differInVersion(one, { ...other, architecture: 'arm64' })).toBe(false)
  expect(
    differInVersion({ os: 'linux', architecture: 'arm64' }, { os: 'linux', architecture: 'arm64', variant: 'v8' }),
  ).toBe(false)
})

function windows(version: string, ...features: string[]): PlatformName {
  const system = features.length === 0 ? {} : { 'os.features': features }
  return { os: 'windows', architecture: 'amd64', 'os.version': version, ...system }
}
