import { describe, expect, test } from 'vitest'
import {
  harmlessLabels,
  imageAnnotations,
  imageArguments,
  imageLabels,
  imageVolumes,
} from '../../src/bundle/imageSettings.js'
import type { ImageConfig } from '../../src/spec/parse.js'
import type { Warning } from '../../src/spec/warnings.js'

const PLATFORM = { os: 'linux', architecture: 'arm64' }

describe('the command line', () => {
  test.each([
    [{ Entrypoint: ['/bin/sh', '-c'], Cmd: ['ls'] }, ['/bin/sh', '-c', 'ls']],
    [{ Cmd: ['ls'] }, ['ls']],
    [{ Entrypoint: null, Cmd: null }, []],
    [undefined, []],
  ])('is the entrypoint and its arguments: %j', (config, words) => {
    expect(imageArguments({ ...PLATFORM, ...(config && { config }) })).toEqual(words)
  })

  test.each([
    ['ls', 'not a list of texts'],
    [['ls', null], 'not an argument'],
    [['l\0s'], 'not an argument'],
  ])('cannot be %j', (Cmd, message) => {
    expect(() => imageArguments({ ...PLATFORM, config: { Cmd } })).toThrow(
      expect.objectContaining({
        code: 'FORMAT',
        where: 'Cmd of the image config',
        message: expect.stringContaining(message),
      }),
    )
  })
})

test('volumes are sorted by their bytes, and none hides what every container needs', () => {
  expect(imageVolumes({ ...PLATFORM, config: { Volumes: { '/b': {}, '/B': {}, '/a': {} } } })).toEqual([
    '/B',
    '/a',
    '/b',
  ])
  expect(imageVolumes(PLATFORM)).toEqual([])
  const hiding = { ...PLATFORM, config: { Volumes: { '/a/../../proc': {} } } }
  expect(() => imageVolumes(hiding)).toThrow(expect.objectContaining({ code: 'UNSAFE' }))
})

test('facts become annotations, and labels win over them', () => {
  const image: ImageConfig = {
    ...PLATFORM,
    author: 'somebody',
    created: '2024-01-02T03:04:05Z',
    config: { StopSignal: 'SIGINT', ExposedPorts: { '80/tcp': {}, '443/tcp': {} } },
  }
  const labels = new Map([['org.opencontainers.image.author', 'a label']])
  expect(Object.fromEntries(imageAnnotations(image, labels))).toEqual({
    'org.opencontainers.image.os': 'linux',
    'org.opencontainers.image.architecture': 'arm64',
    'org.opencontainers.image.author': 'a label',
    'org.opencontainers.image.created': '2024-01-02T03:04:05Z',
    'org.opencontainers.image.stopSignal': 'SIGINT',
    'org.opencontainers.image.exposedPorts': '443/tcp,80/tcp',
  })
})

test('labels that are orders to runtimes are left out, with a warning', () => {
  const image = { ...PLATFORM, config: { Labels: { 'run.oci.hooks': 'x', title: 'app', empty: null } } }
  const warnings: Warning[] = []
  const labels = harmlessLabels(image, (warning) => warnings.push(warning))
  expect([...labels]).toEqual([
    ['title', 'app'],
    ['empty', ''],
  ])
  expect(warnings).toMatchObject([{ code: 'RUNTIME_LABEL', message: expect.stringContaining('run.oci.hooks') }])
  expect([...imageLabels(image).keys()]).toEqual(['run.oci.hooks', 'title', 'empty'])
})
