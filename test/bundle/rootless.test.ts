import { expect, test } from 'vitest'
import type { RuntimeOptions } from '../../src/bundle/runtimeConfig.js'
import { runtimeConfig, runtimeOf, runtimeText } from '../fixtures/runtime.js'

const MAPPING = { containerID: 0, hostID: 1000, size: 1 }
const ROOTLESS: Partial<RuntimeOptions> = {
  rootless: true,
  uidMappings: [MAPPING],
  gidMappings: [MAPPING],
  resolvConfFlags: ['nodev'],
}

test('a rootless container has the network of the host, and a user namespace', () => {
  const { linux, process } = runtimeOf({ User: 'web' }, ROOTLESS)
  const types = linux.namespaces.map(({ type }: { type: string }) => type)
  expect(types).toEqual(['cgroup', 'pid', 'ipc', 'uts', 'mount', 'user'])
  expect(linux).not.toHaveProperty('resources')
  expect(process.user).toEqual({ uid: 33, gid: 34 })
})

test('it has /sys and the name servers of the host, and no mount says an owner', () => {
  const { mounts } = runtimeOf({ Volumes: { '/sys/fs/x': {}, '/system': {} } }, ROOTLESS)
  const places = mounts.map(({ destination }: { destination: string }) => destination)
  expect(places).toEqual([
    ...['/proc', '/dev', '/dev/pts', '/dev/shm', '/dev/mqueue', '/system', '/sys', '/etc/resolv.conf'],
  ])
  expect(mounts.slice(-2)).toEqual([
    { destination: '/sys', type: 'bind', source: '/sys', options: ['rbind', 'nosuid', 'noexec', 'nodev', 'ro'] },
    {
      destination: '/etc/resolv.conf',
      type: 'bind',
      source: '/etc/resolv.conf',
      options: ['nodev', 'rbind', 'ro'],
    },
  ])
  expect(JSON.stringify(mounts)).not.toContain('gid=')
})

test('without name servers on the host the rest is the same, and a warning says so', () => {
  const { text, codes } = runtimeText({}, { ...ROOTLESS, resolvConfFlags: undefined })
  const { mounts } = runtimeConfig({}, ROOTLESS)
  expect(JSON.parse(text).mounts).toEqual(mounts.slice(0, -1))
  expect(codes).toEqual(['NO_RESOLV_CONF'])
})

test('the template’s name servers are kept', () => {
  const own = { destination: '/etc/resolv.conf', type: 'bind', source: '/x' }
  const template = { bytes: Buffer.from(JSON.stringify({ mounts: [own] })), where: 'template' }
  expect(runtimeConfig({}, { ...ROOTLESS, template }).mounts).toEqual([
    own,
    expect.objectContaining({ source: '/sys' }),
  ])
})
