import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { runtimeConfig, runtimeOf, runtimeText } from '../fixtures/runtime.js'

test('an image’s config becomes what umoci 0.6 makes of it, byte for byte', async () => {
  const { text, codes } = runtimeText({
    created: '2025-09-05T13:05:10.12345+10:00',
    author: 'A <b>',
    architecture: 'arm64',
    variant: 'v8',
    config: {
      User: 'web',
      ExposedPorts: { '80/tcp': {}, '443': {} },
      Env: ['HOME2=/x', 'TERM=dumb'],
      Entrypoint: ['/bin/sh'],
      Cmd: ['-c'],
      Volumes: { '/data': {}, '/b': {} },
      WorkingDir: '/app',
      Labels: { 'com.x': 'y', 'org.opencontainers.image.os': 'mine' },
      StopSignal: 'SIGINT',
    },
  })
  expect(text).toBe(await readFile(new URL('umociConfig.txt', import.meta.url), 'utf8'))
  expect(codes).toEqual([])
})

describe('an image that says nothing', () => {
  const config = runtimeConfig({})

  test('runs a shell as root', () => {
    const { args, cwd, env, user } = config.process
    expect({ args, cwd, user }).toEqual({ args: ['sh'], cwd: '/', user: { uid: 0, gid: 0 } })
    expect(env).toEqual([expect.stringMatching(/^PATH=/), 'TERM=xterm', 'HOME=/root'])
  })

  test('has the annotations that umoci always writes', () => {
    expect(config.annotations).toEqual({
      'org.opencontainers.image.os': 'linux',
      'org.opencontainers.image.architecture': 'amd64',
      'org.opencontainers.image.created': '0001-01-01T00:00:00Z',
    })
  })
})

test('a home directory that the image sets stays', () => {
  expect(runtimeOf({ User: 'web', Env: ['HOME=/h'] }).process.env).toContain('HOME=/h')
})

test('the file system is named by the last part of its path; without it the config is in there', () => {
  expect(runtimeConfig({}, { rootfs: '/a/b/fs' }).root).toEqual({ path: 'fs' })
  expect(runtimeConfig({}, { rootfs: undefined, readRootfsFile: undefined }).root).toEqual({ path: '.' })
})

describe('the user', () => {
  test('of an image that is not unpacked is root unless it is a number, and a warning says so', () => {
    const { text, codes } = runtimeText({ config: { User: 'web' } }, { readRootfsFile: undefined })
    expect(JSON.parse(text).process.user).toEqual({ uid: 0, gid: 0 })
    expect(codes).toEqual(['UNKNOWN_USER'])
    expect(runtimeOf({ User: '5:6' }, { readRootfsFile: undefined }).process.user).toEqual({ uid: 5, gid: 6 })
  })

  test('out of range is refused even then', () => {
    expect(() => runtimeOf({ User: '4294967296' }, { readRootfsFile: undefined })).toThrow(
      expect.objectContaining({ code: 'UNSAFE' }),
    )
  })

  test('that an unpacked image does not know is refused', () => {
    expect(() => runtimeOf({ User: 'nobody' })).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
  })
})

test('ID mappings bring a user namespace', () => {
  const mapping = { containerID: 0, hostID: 1000, size: 1 }
  const { linux } = runtimeConfig({}, { gidMappings: [mapping] })
  expect(linux.namespaces.at(-1)).toEqual({ type: 'user' })
  expect(linux).toMatchObject({ gidMappings: [mapping] })
  expect(linux).not.toHaveProperty('uidMappings')
})

test.each([
  ['for another system', { os: 'windows' }, 'UNSUPPORTED'],
  ['for no system', { os: null }, 'UNSUPPORTED'],
  ['that is an artifact', { rootfs: undefined }, 'UNSUPPORTED'],
  ['with another kind of layers', { rootfs: { type: 'squashfs' } }, 'FORMAT'],
  ['with an entrypoint that is no list', { config: { Entrypoint: 'sh -c' } }, 'FORMAT'],
  ['with an argument that is null', { config: { Cmd: ['a', null] } }, 'FORMAT'],
  ['with an argument that has NUL', { config: { Cmd: ['a\0b'] } }, 'FORMAT'],
  ['with a number as an argument', { config: { Cmd: [1] } }, 'FORMAT'],
  ['with a variable without a value', { config: { Env: ['A'] } }, 'FORMAT'],
])('an image %s is refused', (_, image, code) => {
  expect(() => runtimeText(image)).toThrow(expect.objectContaining({ code }))
})

test('many ports and volumes are merged with those of a template', () => {
  const many = Object.fromEntries(Array.from({ length: 30_000 }, (_, at) => [`/v${at}`, {}]))
  const template = { bytes: Buffer.from('{"mounts":[{"destination":"/v7","type":"bind"}]}'), where: 'x' }
  expect(runtimeOf({ Volumes: many, ExposedPorts: many }, { template }).mounts).toHaveLength(30_000)
})
