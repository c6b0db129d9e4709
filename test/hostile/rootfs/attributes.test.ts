import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { nativeCalls } from '../../../src/rootfs/nativeCalls.js'
import { BACKENDS, treeOf, written } from '../../fixtures/rootfs.js'
import { base256, type EntrySpec, pax } from '../../fixtures/tar.js'

const isRoot = process.getuid?.() === 0
const native = () => nativeCalls(import.meta.resolve('koffi'))
const ROOTLESS = {
  users: [{ containerID: 0, hostID: process.getuid?.() ?? 0, size: 1 }],
  groups: [{ containerID: 0, hostID: process.getgid?.() ?? 0, size: 1 }],
  isRootless: true,
}

/** The attributes of an object in a root directory. */
async function xattrsOf(path: string, name: string) {
  const calls = await native()
  const root = calls.openRoot(path)
  try {
    return calls.xattrsOf(root, name)
  } finally {
    calls.close(root)
  }
}

describe.each(Object.entries(BACKENDS))('through %s', (_, backend) => {
  const write = async (layer: EntrySpec[], options = {}) => written(await backend(), [layer], options)

  test.each([
    ['4294967296', 'UNSAFE'],
    ['4294967295', 'UNSAFE'],
    ['-1', 'UNSAFE'],
    ['0x0', 'FORMAT'],
    ['1e3', 'FORMAT'],
    [' 0', 'FORMAT'],
  ])('the owner %s is refused', async (uid, code) => {
    for (const key of ['uid', 'gid']) {
      const entries = [pax({ [key]: uid }), { name: 'su', mode: 0o4755 }]
      await expect(write(entries)).rejects.toMatchObject({ code })
    }
  })

  test.each([-1n, 1n << 40n, (1n << 32n) - 1n])('the owner %s of an old header is refused', async (uid) => {
    const field = uid < 0 ? Buffer.alloc(8, 0xff) : base256(uid, 8)
    await expect(write([{ name: 'su', bytes: { 108: field } }])).rejects.toMatchObject({ code: 'UNSAFE' })
  })

  test.each([
    [329, base256((1n << 32n) + 1n, 8)],
    [329, base256(4096n, 8)],
    [329, Buffer.alloc(8, 0xff)],
    [337, base256(1n << 20n, 8)],
  ])('a device number that would wrap is refused (%s)', async (at, field) => {
    for (const type of ['3', '4']) {
      await expect(write([{ name: 'd', type, bytes: { [at]: field } }])).rejects.toMatchObject({ code: 'UNSAFE' })
    }
  })

  test('an owner that the map lacks is refused', async () => {
    const map = [{ containerID: 0, hostID: process.getuid?.() ?? 0, size: 1 }]
    const owners = { users: map, groups: map, isRootless: false }
    const entries = [pax({ uid: '5' }), { name: 'f' }]
    await expect(write(entries, { owners })).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })

  test.runIf(isRoot)('set-id bits survive the change of the owner', async () => {
    const { path } = await write([pax({ uid: '7', gid: '8' }), { name: 'su', mode: 0o6755 }])
    expect(lstatSync(join(path, 'su'))).toMatchObject({ uid: 7, gid: 8, mode: 0o106_755 })
  })

  test('a fifo in the place of a file is not opened, nor waited for', async () => {
    const { path } = await write([
      { name: 'etc/passwd', type: '6' },
      { name: 'etc/passwd', content: 'x' },
      { name: 'p', type: '6' },
      { name: 'h', type: '6' },
      { name: 'h', content: 'y' },
    ])
    expect(treeOf(path)).toMatchObject({ 'etc/passwd': 'x', h: 'y' })
  })

  test('what records owners for a user without root is no order to one', async () => {
    const forged = { 'SCHILY.xattr.user.rootlesscontainers': Buffer.alloc(60_000, 0xff) }
    await write([pax(forged), { name: 'f' }], { owners: ROOTLESS })
    await write([pax(forged), { name: 'f' }])
  })

  test('devices are empty files that nobody may read for a user without root', async () => {
    const devices = ['3', '4'].map((type) => ({ name: `d${type}`, type, mode: 0o666, bytes: { 329: '0000010\0' } }))
    const { path, counts } = await write(devices, { owners: ROOTLESS })
    expect(lstatSync(join(path, 'd4'))).toMatchObject({ mode: 0o100_000, size: 0 })
    expect(counts).toMatchObject([{ oddity: 'device left out', count: 2 }])
  })

  test('attributes that cannot be set are told, whatever their names and sizes', async () => {
    const records = {
      'SCHILY.xattr.bogus.x': '1',
      [`SCHILY.xattr.user.${'n'.repeat(300)}`]: '1',
      'SCHILY.xattr.': '1',
      'SCHILY.xattr.user.': '1',
      'SCHILY.xattr.user.big': Buffer.alloc(70_000),
      'SCHILY.xattr.security.capability': 'too short',
      'SCHILY.xattr.system.posix_acl_access': 'no list',
    }
    for (const type of ['0', '5']) {
      const { counts } = await write([pax(records), { name: 'x', type }])
      expect(counts).toMatchObject([{ oddity: 'xattr left out' }])
    }
  })

  test('labels of the host that wrote the image are left out', async () => {
    const names = ['security.selinux', 'security.ima', 'security.evm', 'system.nfs4_acl']
    const { path, counts } = await write([
      pax(Object.fromEntries(names.map((name) => [`SCHILY.xattr.${name}`, 'x']))),
      { name: 'f' },
    ])
    expect(counts).toMatchObject([{ oddity: 'host attribute', count: 4 }])
    expect((await xattrsOf(path, 'f')).filter(([name]) => names.includes(name))).toEqual([])
  })
})

describe('with all calls', () => {
  test('a thousand attributes are set, or told: the file system has room for some', async () => {
    const names = Array.from({ length: 1000 }, (_each, at) => `user.${at}`)
    const records = Object.fromEntries(names.map((name) => [`SCHILY.xattr.${name}`, 'x'.repeat(100)]))
    const { path, counts } = await written(await native(), [[pax(records), { name: 'f' }]])
    const set = (await xattrsOf(path, 'f')).length
    expect(set + (counts[0]?.count ?? 0)).toBe(1000)
  })

  test.runIf(isRoot)('a capability is set after the owner, byte by byte', async () => {
    const value = Buffer.from('0100000200040000000000000000000000000000', 'hex')
    const records = { 'SCHILY.xattr.security.capability': value, uid: '5' }
    const { path } = await written(await native(), [[pax(records), { name: 'ping', mode: 0o755 }]])
    expect(await xattrsOf(path, 'ping')).toEqual([['security.capability', value]])
  })

  test('two thousand fifos are made', async () => {
    const fifos = Array.from({ length: 2000 }, (_each, at) => ({ name: `${at}`, type: '6' }))
    const { path, counts } = await written(await native(), [fifos])
    expect(Object.values(treeOf(path))).toHaveLength(2000)
    expect(counts).toEqual([])
  })
})
