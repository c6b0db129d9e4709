import { describe, expect, test } from 'vitest'
import { describeConfig } from '../../../src/image/describe/describeConfig.js'
import { type ImageConfig, parseImageConfig } from '../../../src/spec/parse.js'

/** A config as it is read. */
function config(stated: Record<string, unknown>): ImageConfig {
  return parseImageConfig(Buffer.from(JSON.stringify(stated)), 'config.json')
}

test('a config that says nothing leaves all unknown', () => {
  expect(describeConfig(config({}), 0)).toEqual({
    platform: null,
    created: null,
    author: null,
    runs: null,
    history: [],
  })
})

test('what a config says is told as it stands', () => {
  const stated = config({
    architecture: 'arm64',
    os: 'linux',
    created: '2024-01-02T03:04:05.600000000+01:00',
    author: 'A <a@example.com>',
    config: { Cmd: ['sh'] },
    history: [{ created: '2024-01-02T03:04:05Z', created_by: 'COPY . /', comment: 'made by hand', author: 'B' }],
  })
  expect(describeConfig(stated, 1)).toEqual({
    platform: 'linux/arm64',
    created: '2024-01-02T03:04:05.600000000+01:00',
    author: 'A <a@example.com>',
    runs: { Cmd: ['sh'] },
    history: [{ created: '2024-01-02T03:04:05Z', createdBy: 'COPY . /', comment: 'made by hand', layer: 0 }],
  })
})

test.each([
  [{ os: 'linux', architecture: 'arm', variant: 'v7' }, 'linux/arm/v7'],
  [{ os: 'windows', architecture: 'amd64', 'os.version': '10.0.17763.1' }, 'windows(10.0.17763.1)/amd64'],
  [{ os: 'linux', architecture: 'amd64', variant: '' }, 'linux/amd64'],
  [{ os: '', architecture: '' }, null],
  [{ os: null, architecture: null, variant: null }, null],
])('the platform of %j is %s', (stated, platform) => {
  expect(describeConfig(config(stated), 0).platform).toBe(platform)
})

describe('how an image is run', () => {
  test('is told with what is said, in the order of the config', () => {
    const said = {
      User: 'app',
      ExposedPorts: { '80/tcp': {} },
      Env: ['A=1', 'B='],
      Entrypoint: ['/app'],
      Labels: { a: '' },
      StopTimeout: 0,
      Tty: true,
    }
    expect(describeConfig(config({ config: said }), 0).runs).toEqual(said)
    expect(Object.keys(describeConfig(config({ config: said }), 0).runs ?? {})).toEqual(Object.keys(said))
  })

  test('is told without what says nothing', () => {
    const nothing = { Hostname: '', Tty: false, Entrypoint: null, OnBuild: [], Volumes: {}, Env: null }
    expect(describeConfig(config({ config: { ...nothing, Cmd: ['a'] } }), 0).runs).toEqual({ Cmd: ['a'] })
    expect(describeConfig(config({ config: nothing }), 0).runs).toBeNull()
  })

  test.each([null, {}])('is unknown if the config has %j', (inner) => {
    expect(describeConfig(config({ config: inner }), 0).runs).toBeNull()
  })
})

describe('history', () => {
  const [step, empty] = [{ created_by: 'step' }, { created_by: 'empty', empty_layer: true }]

  test.each([
    ['in turn', [step, step], 2, [0, 1]],
    ['but for steps that made none', [empty, step, empty, step], 2, [null, 0, null, 1]],
    ['as far as there are layers', [step, step, step], 2, [0, 1, null]],
    ['as far as there are steps', [step], 3, [0]],
    ['where a step says that it made one', [{ ...step, empty_layer: false }], 1, [0]],
    ['none if there are none', [step, empty], 0, [null, null]],
  ])('gives each step the layer that it made: %s', (_, steps, count, layers) => {
    expect(describeConfig(config({ history: steps }), count).history.map(({ layer }) => layer)).toEqual(layers)
  })

  test.each([undefined, null, []])('of %j is none', (steps) => {
    expect(describeConfig(config({ history: steps }), 2).history).toEqual([])
  })

  test('leaves unknown what a step does not say, and texts that are empty', () => {
    const unknown = { created: null, createdBy: null, comment: null, layer: 0 }
    expect(describeConfig(config({ history: [{}] }), 1).history).toEqual([unknown])
    expect(describeConfig(config({ history: [{ created_by: '', comment: '' }] }), 1).history).toEqual([unknown])
  })
})

test('an author of no letters is none', () => {
  expect(describeConfig(config({ author: '' }), 0).author).toBeNull()
})
