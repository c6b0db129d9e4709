import { describe, expect, test } from 'vitest'
import { runtimeConfig, runtimeText } from '../fixtures/runtime.js'

const TEMPLATE = `{
  "hooks": {"prestart": [{"path": "/hook", "new": 1}]},
  "ociVersion": "1.3.7",
  "future": {"limit": 18446744073709551615, "10": 1.50, "9": -0},
  "Process": {
    "terminal": false, "user": {"umask": 63, "uid": 5, "gid": 6, "additionalGids": [7]}, "cwd": "/own",
    "env": ["B=1", "HOME=/own"], "args": ["own"], "rlimits": [{"hard": 18446744073709551615}]
  },
  "root": {"readonly": true, "path": "x"},
  "mounts": [{"destination": "/data/", "type": "bind", "source": "/host", "options": ["rw"]}],
  "annotations": {"run.oci.mine": "1", "org.opencontainers.image.author": "own"},
  "linux": {"seccomp": {"defaultAction": "SCMP_ACT_ERRNO"}, "namespaces": [{"type": "pid"}, {"type": "user", "path": "/x"}]}
}`

test('what the image does not say stays as the template has it', () => {
  const { text } = runtimeText({}, template(TEMPLATE))
  const config = JSON.parse(text)
  expect(config).toMatchObject({
    ociVersion: '1.3.7',
    hooks: { prestart: [{ path: '/hook', new: 1 }] },
    process: { terminal: false, user: { umask: 63, uid: 5, gid: 6, additionalGids: [7] }, cwd: '/own', args: ['own'] },
    root: { readonly: true, path: 'rootfs' },
    annotations: { 'run.oci.mine': '1', 'org.opencontainers.image.author': 'own' },
    linux: {
      seccomp: { defaultAction: 'SCMP_ACT_ERRNO' },
      namespaces: [{ type: 'pid' }, { type: 'user', path: '/x' }],
    },
  })
  expect(config.process.env).toEqual(['B=1', 'HOME=/own'])
  expect(config).not.toHaveProperty('hostname')
  expect(text).toContain('"future": {\n\t\t"limit": 18446744073709551615,\n\t\t"10": 1.50,\n\t\t"9": -0\n\t}')
  expect(text).toContain('"hard": 18446744073709551615')
})

test('what the image says is set, and its fields are in the usual order', () => {
  const image = {
    author: 'image',
    config: {
      ...{ User: 'web', WorkingDir: '/app', Env: ['B=2', 'C=3'], Cmd: ['run'], Volumes: { '/data': {}, '/more': {} } },
      Labels: { 'run.oci.mine': '2', label: 'x' },
    },
  }
  const { text, codes } = runtimeText(image, template(TEMPLATE))
  const { process, mounts, annotations, ...others } = JSON.parse(text)
  expect(process).toMatchObject({ cwd: '/app', args: ['run'], env: ['B=2', 'HOME=/own', 'C=3'] })
  expect(process.user).toEqual({ uid: 33, gid: 34, umask: 63, additionalGids: [4] })
  expect(mounts.map(({ source }: { source: string }) => source)).toEqual(['/host', 'none'])
  expect(annotations).toMatchObject({ 'run.oci.mine': '1', label: 'x', 'org.opencontainers.image.author': 'image' })
  expect(codes).toEqual(['RUNTIME_LABEL'])
  expect(Object.keys(others)).toEqual(['ociVersion', 'root', 'hooks', 'linux', 'future'])
})

test('mappings of the command line take the place of the template’s', () => {
  const mapping = { containerID: 0, hostID: 9, size: 1 }
  const own = '{"linux":{"uidMappings":[{"size":5}],"gidMappings":[{"size":6}]}}'
  expect(runtimeConfig({}, { ...template(own), uidMappings: [mapping] }).linux).toMatchObject({
    uidMappings: [mapping],
    gidMappings: [{ size: 6 }],
  })
})

test('an empty template has what a runtime requires', () => {
  const { ociVersion, process, root } = runtimeConfig({}, template('{"linux":null}'))
  expect({ ociVersion, process, root }).toEqual({
    ociVersion: '1.2.1',
    process: { user: { uid: 0, gid: 0 }, env: ['HOME=/root'], cwd: '/' },
    root: { path: 'rootfs' },
  })
})

describe('a template is refused', () => {
  test.each([
    ['if it is no JSON', 'x'],
    ['if it is a list', '[]'],
    ['if its environment is no list', '{"process":{"env":"A=1"}}'],
    ['if a mount has no place', '{"mounts":[{"type":"bind"}]}'],
    ['if an annotation is a number', '{"annotations":{"a":1}}'],
    ['if it has a key in two spellings', '{"process":{},"Process":{}}'],
    ['if it has a key twice', '{"hostname":"a","hostname":"b"}'],
  ])('%s', (_, text) => {
    const run = () => runtimeText({}, template(text))
    expect(run).toThrow(expect.objectContaining({ code: 'FORMAT', where: 'template.json' }))
  })
})

function template(text: string) {
  return { template: { bytes: Buffer.from(text), where: 'template.json' } }
}
