// What the OCI image-spec states of image configs (config.md, schema/config_test.go), in documents of our own.
import { expect, test } from 'vitest'
import { digestOf } from '../../src/spec/digest.js'
import { parseImageConfig } from '../../src/spec/parse.js'

const ROOTFS = { type: 'layers', diff_ids: [digestOf(Buffer.from('a layer'))] }
const CONFIG = { os: 'linux', architecture: 'riscv64', rootfs: ROOTFS }

test.each<[string, object]>([
  ['with what is required, and no more', CONFIG],
  [
    'with everything that may be',
    {
      ...CONFIG,
      variant: 'rva20u64',
      'os.version': '6.1',
      'os.features': ['kvm'],
      created: '2024-02-29T12:34:56.123456789Z',
      author: 'Somebody',
      config: {
        User: '12:34',
        ExposedPorts: { '80/tcp': {}, '53': {} },
        Env: ['HOME=/home', 'EMPTY=', 'SUM=1+1=2'],
        Entrypoint: ['/entry'],
        Cmd: ['--serve'],
        Volumes: { '/data': {} },
        WorkingDir: '/home',
        Labels: { 'com.example.made-of': 'nothing' },
        StopSignal: 'SIGTERM',
        ArgsEscaped: true,
      },
      history: [
        { created: '2024-02-29T12:34:56+05:30', created_by: 'COPY', author: 'me', comment: 'a layer' },
        { created_by: 'CMD', empty_layer: true },
      ],
    },
  ],
  ['with what nobody knows, at every level', { ...CONFIG, 'com.example': 1, config: { Memory: 0, More: [1] } }],
])('a config %s is read', (_, config) => {
  expect(parseImageConfig(json(config), 'config')).toEqual(config)
})

test.each<[string, object]>([
  [
    'has null for lists, maps and texts',
    nulls('Env', 'Cmd', 'Entrypoint', 'Volumes', 'ExposedPorts', 'Labels', 'User'),
  ],
  ['has null where Docker keeps builds and shells', nulls('OnBuild', 'Shell', 'Healthcheck', 'StopTimeout', 'Tty')],
  ['has a Cmd and an Entrypoint of one text', running({ Cmd: 'sh', Entrypoint: '/entry' })],
  ['has an Env of a name without value', running({ Env: ['PATH'] })],
  ['has a health check in nanoseconds', running({ Healthcheck: { Test: ['NONE'], Interval: 3e10, Retries: 2 } })],
  ['has Docker’s own fields', running({ Hostname: 'c0ffee', Domainname: '', Image: 'sha256:0', OnBuild: [] })],
  ['has what it was built in', { ...CONFIG, container: 'c0ffee', container_config: { Cmd: ['/bin/sh'] } }],
  ['is without history', { ...CONFIG, history: null }],
  ['was made at no time', { ...CONFIG, created: null, history: [{ created: null }] }],
  ['was made by nobody', { ...CONFIG, author: null, history: [{ created_by: null, author: null, comment: null }] }],
  ['has no layers', { ...CONFIG, rootfs: { type: 'layers', diff_ids: null } }],
  ['tells no platform', { rootfs: ROOTFS }],
  ['does not say how to run it', { ...CONFIG, config: null }],
  ['is of an attestation', { ...CONFIG, os: 'unknown', architecture: 'unknown', config: {} }],
  ['is of an artifact', {}],
])('a config that %s is read, as engines do', (_, config) => {
  expect(parseImageConfig(json(config), 'config')).toEqual(config)
})

test.each<[string, string, object]>([
  ['os is a number', '/os', { ...CONFIG, os: 1 }],
  ['architecture is a list', '/architecture', { ...CONFIG, architecture: ['amd64'] }],
  ['variant is a number', '/variant', { ...CONFIG, variant: 8 }],
  ['os.version is a number', '/os.version', { ...CONFIG, 'os.version': 10 }],
  ['os.features is a text', '/os.features', { ...CONFIG, 'os.features': 'kvm' }],
  ['author is an object', '/author', { ...CONFIG, author: { name: 'me' } }],
  ['created is a number', '/created', { ...CONFIG, created: 0 }],
  ['created is no moment', '/created', { ...CONFIG, created: 'yesterday' }],
  ['created is empty', '/created', { ...CONFIG, created: '' }],
  ['created has no time zone', '/created', { ...CONFIG, created: '2024-02-29T12:34:56' }],
  ['config is a list', '/config', { ...CONFIG, config: [] }],
  ['User is a number', '/config/User', running({ User: 1000 })],
  ['WorkingDir is a list', '/config/WorkingDir', running({ WorkingDir: ['/'] })],
  ['StopSignal is a number', '/config/StopSignal', running({ StopSignal: 9 })],
  ['ArgsEscaped is a text', '/config/ArgsEscaped', running({ ArgsEscaped: 'yes' })],
  ['Env has a number', '/config/Env/1', running({ Env: ['A=1', 2] })],
  ['Env is an object', '/config/Env', running({ Env: { A: '1' } })],
  ['Cmd has a number', '/config/Cmd/0', running({ Cmd: [1] })],
  ['Entrypoint is an object', '/config/Entrypoint', running({ Entrypoint: {} })],
  ['Volumes is a list', '/config/Volumes', running({ Volumes: ['/data'] })],
  ['Volumes have texts', '/config/Volumes/~1data', running({ Volumes: { '/data': 'rw' } })],
  ['ExposedPorts is a list', '/config/ExposedPorts', running({ ExposedPorts: ['80/tcp'] })],
  ['Labels have a number', '/config/Labels/a', running({ Labels: { a: 1 } })],
  ['Hostname is a number', '/config/Hostname', running({ Hostname: 1 })],
  ['health check has an interval in words', '/config/Healthcheck/Interval', healthy({ Interval: '30s' })],
  ['history is a text', '/history', { ...CONFIG, history: 'of the layers' }],
  ['history has a text', '/history/0', { ...CONFIG, history: ['RUN'] }],
  ['history was made at no moment', '/history/0/created', { ...CONFIG, history: [{ created: 'then' }] }],
  ['history has a command in a list', '/history/0/created_by', { ...CONFIG, history: [{ created_by: ['RUN'] }] }],
  ['history says in words that there is no layer', '/empty_layer', { ...CONFIG, history: [{ empty_layer: 'true' }] }],
  ['rootfs is of another type', '/rootfs/type', { ...CONFIG, rootfs: { ...ROOTFS, type: 'snapshot' } }],
  ['diff_ids is a text', '/rootfs/diff_ids', { ...CONFIG, rootfs: { ...ROOTFS, diff_ids: ROOTFS.diff_ids[0] } }],
  ['diff_ids has what is no digest', '/diff_ids/0', { ...CONFIG, rootfs: { ...ROOTFS, diff_ids: ['sha256:12'] } }],
])('a config whose %s is refused', (_, place, config) => {
  expect(() => parseImageConfig(json(config), 'config')).toThrow(
    expect.objectContaining({ code: 'FORMAT', where: 'config', message: expect.stringContaining(place) }),
  )
})

test('a config that is no JSON is refused', () => {
  expect(() => parseImageConfig(Buffer.from('os: linux'), 'config')).toThrow(
    expect.objectContaining({ code: 'FORMAT', message: expect.stringContaining('not JSON') }),
  )
})

test('keys of the container are read in any case, and refused in two', () => {
  expect(parseImageConfig(json(running({ cmd: ['a'] })), 'config').config).toEqual({ Cmd: ['a'] })
  expect(() => parseImageConfig(json(running({ cmd: ['a'], Cmd: ['b'] })), 'config')).toThrow('Cmd is given twice')
})

function running(config: object): object {
  return { ...CONFIG, config }
}

function healthy(check: object): object {
  return running({ Healthcheck: check })
}

function nulls(...names: string[]): object {
  return running(Object.fromEntries(names.map((name) => [name, null])))
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
