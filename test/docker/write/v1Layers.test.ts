import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type V1Options, v1Layers } from '../../../src/docker/write/v1Layers.js'
import type { Digest } from '../../../src/spec/digest.js'
import { entriesOf, sample } from '../../fixtures/exporting.js'

const LEGACY: V1Options = { era: 'docker-legacy', epoch: '1970-01-01T00:00:00Z', where: 'config' }
const DOCKER_25: V1Options = { ...LEGACY, era: 'docker-25' }
const [A, B, C]: [Digest, Digest, Digest] = [diffID('a'), diffID('b'), diffID('c')]

/** container.Config as Go prints it before anything is assigned to it. */
const EMPTY =
  '{"Hostname":"","Domainname":"","User":"","AttachStdin":false,"AttachStdout":false,"AttachStderr":false,"Tty":false,"OpenStdin":false,"StdinOnce":false,"Env":null,"Cmd":null,"Image":"","Volumes":null,"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":null}'

describe('what dockerd wrote comes out again', () => {
  test('of 20.10: the id in the names of directories, and the json in them', async () => {
    const entries = await entriesOf(await sample('docker-20.10.tar'))
    const { config, diffIDs } = configIn(entries, /^[0-9a-f]{64}\.json$/)
    const [layer, ...others] = v1Layers(config, diffIDs, LEGACY)
    expect(others).toEqual([])
    expect([...entries.keys()]).toContain(`${layer?.id}/layer.tar`)
    expect(layer?.json).toEqual(entries.get(`${layer?.id}/json`)?.content)
  })

  test('of 28: the json in a blob that nothing refers to', async () => {
    const entries = await entriesOf(await sample('docker-28.tar'))
    const { config, diffIDs } = configIn(entries, /5b592679/)
    const [layer] = v1Layers(config, diffIDs, DOCKER_25)
    expect(layer?.id).toBe('30a087022984ddefbcfd3abf1aa33f6e23179c8f3e7fe0df9fb0b076a7d78161')
    expect(layer?.json).toEqual(entries.get(`blobs/sha256/${hexOf(layer?.json.toString() ?? '')}`)?.content)
  })
})

describe('a stack of layers', () => {
  const config = { architecture: 'amd64', os: 'linux', created: '2024-02-03T04:05:06.7Z', config: {} }
  const layers = v1Layers(json(config), [A, B, C], LEGACY)
  const chain = [A, chained(A, B), chained(chained(A, B), C)]
  const nothing = `"container_config":${EMPTY},"created":"1970-01-01T00:00:00Z"`
  const bottom = hexOf(`{${nothing},"layer_id":"${chain[0]}"}`)
  const middle = hexOf(`{${nothing},"layer_id":"${chain[1]}","parent":"sha256:${bottom}"}`)
  const top = hexOf(
    `{"architecture":"amd64","config":${EMPTY},"container_config":${EMPTY},"created":"2024-02-03T04:05:06.7Z","layer_id":"${chain[2]}","os":"linux","parent":"sha256:${middle}"}`,
  )

  test('has ids that hang on those below, and on the config at the top only', () => {
    expect(layers.map(({ id }) => id)).toEqual([bottom, middle, top])
    expect(v1Layers(json({ ...config, os: 'other' }), [A, B, C], LEGACY).map(({ id }) => id)).toEqual([
      bottom,
      middle,
      expect.not.stringContaining(top),
    ])
  })

  test('has files with the order of Docker’s struct, parents without prefix, and the system in each', () => {
    const created = '"created":"1970-01-01T00:00:00Z"'
    expect(layers.map((layer) => layer.json.toString())).toEqual([
      `{"id":"${bottom}",${created},"container_config":${EMPTY},"os":"linux"}`,
      `{"id":"${middle}","parent":"${bottom}",${created},"container_config":${EMPTY},"os":"linux"}`,
      `{"id":"${top}","parent":"${middle}","created":"2024-02-03T04:05:06.7Z","container_config":${EMPTY},"config":${EMPTY},"architecture":"amd64","os":"linux"}`,
    ])
  })

  test('depends on the time zone of the daemon, in all but the top layer’s own words', () => {
    const epoch = '1969-12-31T19:00:00-05:00'
    const zoned = v1Layers(json(config), [A, B], { ...LEGACY, epoch })
    const id = hexOf(`{"container_config":${EMPTY},"created":"${epoch}","layer_id":"${A}"}`)
    expect(zoned[0]?.id).toBe(id)
    expect(zoned[0]?.json.toString()).toContain(`"created":"${epoch}"`)
    expect(zoned[1]?.json.toString()).toContain(`"parent":"${id}","created":"2024-02-03T04:05:06.7Z"`)
  })

  test('of none is none', () => {
    expect(v1Layers(json(config), [], LEGACY)).toEqual([])
  })
})

describe('the top layer', () => {
  test('has every field that Docker knows, in the order of its struct, and in that of bytes for the id', () => {
    const config = {
      rootfs: { type: 'layers', diff_ids: [A] },
      history: [],
      Size: 12,
      os: 'linux',
      variant: 'v8',
      architecture: 'arm64',
      author: 'me',
      docker_version: '20.10',
      container_config: { Image: 'base' },
      container: 'c0ffee',
      created: '2024-01-01T00:00:00Z',
      comment: 'none',
      parent: 'no',
      id: 'no',
    }
    const container = EMPTY.replace('"Image":""', '"Image":"base"')
    const id = hexOf(
      `{"Size":12,"architecture":"arm64","author":"me","comment":"none","container":"c0ffee","container_config":${container},"created":"2024-01-01T00:00:00Z","docker_version":"20.10","layer_id":"${A}","os":"linux","variant":"v8"}`,
    )
    expect(only(config, LEGACY)).toEqual({
      id,
      json: `{"id":"${id}","comment":"none","created":"2024-01-01T00:00:00Z","container":"c0ffee","container_config":${container},"docker_version":"20.10","author":"me","architecture":"arm64","variant":"v8","os":"linux","Size":12}`,
    })
  })

  test('has no config if the image has none, and always a container_config', () => {
    const { json } = only({ config: null, container_config: null, created: '2024-01-01T00:00:00Z' }, LEGACY)
    expect(json).toContain(`"container_config":${EMPTY}}`)
    expect(json).not.toContain('"config"')
  })

  test.each([{}, { created: null }])('prints the time of %j as Go’s zero until 24, and as null since 25', (config) => {
    const created = '"created":"0001-01-01T00:00:00Z"'
    const legacy = hexOf(`{"container_config":${EMPTY},${created},"layer_id":"${A}"}`)
    const later = hexOf(`{"container_config":${EMPTY},"created":null,"layer_id":"${A}"}`)
    expect(only(config, LEGACY)).toEqual({
      id: legacy,
      json: `{"id":"${legacy}",${created},"container_config":${EMPTY}}`,
    })
    const json = `{"id":"${later}","created":null,"container_config":${EMPTY}}`
    expect(only(config, DOCKER_25)).toEqual({ id: later, json })
  })

  test('below it the time is there also since 25', () => {
    expect(v1Layers(json({}), [A, B], DOCKER_25)[0]?.json.toString()).toContain('"created":"1970-01-01T00:00:00Z"')
  })

  test('has the StartInterval of a health check since 25 only', () => {
    const config = { config: { Healthcheck: { Test: ['NONE'], StartInterval: 5, Retries: 3 } } }
    expect(only(config, LEGACY).json).toContain('"Healthcheck":{"Test":["NONE"],"Retries":3}')
    expect(only(config, DOCKER_25).json).toContain('"Healthcheck":{"Test":["NONE"],"StartInterval":5,"Retries":3}')
    const without = { config: { Healthcheck: { Test: ['NONE'], Retries: 3 } } }
    expect(only(config, LEGACY)).toEqual(only(without, LEGACY))
    expect(only(config, DOCKER_25).id).not.toBe(only(without, DOCKER_25).id)
  })

  test('is the same whatever the case of its keys, and whatever else there is', () => {
    const plain = { os: 'linux', config: { Env: ['a=b'], Labels: { Key: 'v' } } }
    const odd = {
      OS: 'linux',
      Config: { env: ['a=b'], LABELS: { Key: 'v' }, Unknown: { deep: [1] } },
      'os.version': '1',
    }
    expect(only(odd, LEGACY)).toEqual(only(plain, LEGACY))
    expect(only(odd, LEGACY).json).toContain('"Labels":{"Key":"v"}')
  })

  test('escapes what is not safe within HTML', () => {
    const { id, json } = only({ created: '2024-01-01T00:00:00Z', comment: '<a>&\u2028\u2029"\\é\u{1f433}' }, LEGACY)
    const comment = '"comment":"\\u003ca\\u003e\\u0026\\u2028\\u2029\\"\\\\é\u{1f433}"'
    expect(json).toContain(`${comment},`)
    expect(id).toBe(
      hexOf(`{${comment},"container_config":${EMPTY},"created":"2024-01-01T00:00:00Z","layer_id":"${A}"}`),
    )
  })

  test('has short escapes of backspace and form feed since 25 only, also in its id', () => {
    const config = { created: '2024-01-01T00:00:00Z', comment: '\b\f\n\t\u0001' }
    const rest = `"container_config":${EMPTY},"created":"2024-01-01T00:00:00Z","layer_id":"${A}"`
    const long = '"comment":"\\u0008\\u000c\\n\\t\\u0001"'
    const short = '"comment":"\\b\\f\\n\\t\\u0001"'
    expect(only(config, LEGACY).json).toContain(long)
    expect(only(config, LEGACY).id).toBe(hexOf(`{${long},${rest}}`))
    expect(only(config, DOCKER_25).json).toContain(short)
    expect(only(config, DOCKER_25).id).toBe(hexOf(`{${short},${rest}}`))
  })

  test('keeps every digit of a number', () => {
    const config = Buffer.from('{"Size":9007199254740993,"config":{"Healthcheck":{"Interval":9223372036854775807}}}')
    const text = v1Layers(config, [A], LEGACY)[0]?.json.toString()
    expect(text).toContain('"Healthcheck":{"Interval":9223372036854775807}')
    expect(text).toContain('"Size":9007199254740993}')
  })

  test.each<[string, unknown]>([
    ['created', { created: 'yesterday' }],
    ['created', { created: 12 }],
    ['comment', { comment: ['a', 'b'] }],
    ['config', { config: 'sh' }],
    ['container_config', { container_config: [] }],
    ['Env', { config: { Env: 'a=b' } }],
    ['Cmd', { config: { Cmd: [1] } }],
    ['Tty', { config: { Tty: 'yes' } }],
    ['Labels', { config: { Labels: { a: 1 } } }],
    ['Volumes', { config: { Volumes: ['/data'] } }],
    ['Interval', { config: { Healthcheck: { Interval: '30s' } } }],
    ['StopTimeout', { config: { StopTimeout: 1.5 } }],
  ])('is refused if Docker could not read its %s', (field, config) => {
    expect(() => only(config, LEGACY)).toThrow(
      expect.objectContaining({ code: 'FORMAT', where: 'config', message: expect.stringContaining(field) }),
    )
  })
})

function only(config: unknown, options: V1Options): { id: string | undefined; json: string | undefined } {
  const [layer] = v1Layers(json(config), [A], options)
  return { id: layer?.id, json: layer?.json.toString() }
}

function configIn(entries: Awaited<ReturnType<typeof entriesOf>>, name: RegExp): { config: Buffer; diffIDs: Digest[] } {
  const [, entry] = [...entries].find(([path]) => name.test(path)) ?? []
  const config = entry?.content ?? Buffer.alloc(0)
  return { config, diffIDs: JSON.parse(config.toString()).rootfs.diff_ids }
}

function diffID(letter: string): Digest {
  return `sha256:${letter.repeat(64)}`
}

function chained(below: Digest, next: Digest): Digest {
  return `sha256:${hexOf(`${below} ${next}`)}`
}

function hexOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
