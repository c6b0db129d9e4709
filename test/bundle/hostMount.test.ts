import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { flagsOf, lockedMountFlags } from '../../src/bundle/hostMount.js'

const MOUNTINFO = `24 1 8:1 / / rw,noatime shared:1 - ext4 /dev/sda1 rw,errors=ro
30 24 0:25 / /etc rw,nosuid,nodev,relatime shared:2 - tmpfs tmpfs ro,mode=755
31 24 0:26 / /a\\040b ro,noexec - tmpfs tmpfs rw
32 24 0:27 / /etc rw,nodiratime - tmpfs tmpfs rw
`

test.each([
  ['/usr/x', ['noatime']],
  ['/etcetera', ['noatime']],
  ['/a b/c', ['ro', 'noexec']],
  ['/etc/resolv.conf', ['nodiratime']],
])('%s has the flags of the nearest mount, the last one of a place', (path, flags) => {
  expect(flagsOf(path, MOUNTINFO)).toEqual(flags)
})

test('a file system that cannot be written makes its mounts so', () => {
  expect(flagsOf('/etc/x', MOUNTINFO.split('\n').slice(0, 2).join('\n'))).toEqual(['ro', 'nodev', 'nosuid'])
})

test('a file that is not there has none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'host-'))
  try {
    expect(await lockedMountFlags(join(folder, 'missing'))).toBeUndefined()
    expect(await lockedMountFlags(folder)).toBeInstanceOf(Array)
  } finally {
    await rm(folder, { recursive: true })
  }
})
