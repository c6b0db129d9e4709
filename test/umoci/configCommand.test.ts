import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REF_NAME } from '../../src/store/names.js'
import { temporaryDirectory } from '../fixtures/directory.js'
import { umoci } from '../fixtures/umoci.js'

test('every flag changes its field, and lists keep their order', async () => {
  const image = await newImage()
  const flags = {
    'config.user': 'me:us',
    'config.exposedports': ['80/tcp', '53/udp'],
    'config.env': ['A=1', 'B=x=y'],
    'config.entrypoint': ['/bin/sh', '-c'],
    'config.cmd': ['-c', '--image'],
    'config.volume': ['/v'],
    'config.label': ['a=b'],
    'config.workingdir': '/w',
    'config.stopsignal': 'SIGINT',
    created: '2025-01-02T03:04:05Z',
    author: 'me',
    os: 'plan9',
    architecture: 'mips',
    'platform.variant': 'v1',
    'manifest.annotation': ['c=d'],
  }
  const args = Object.entries(flags).flatMap(([name, values]) =>
    [values].flat().flatMap((value) => [`--${name}`, value]),
  )
  expect(await umoci('config', '--image', image, ...args)).toEqual({ status: 0, stdout: '', stderr: [] })
  const { manifest, config } = await documents(image)
  expect(manifest.annotations).toEqual({ c: 'd' })
  expect(config).toMatchObject({
    created: flags.created,
    author: 'me',
    os: 'plan9',
    architecture: 'mips',
    variant: 'v1',
  })
  expect(config.config).toEqual({
    User: 'me:us',
    ExposedPorts: { '53/udp': {}, '80/tcp': {} },
    Env: flags['config.env'],
    Entrypoint: flags['config.entrypoint'],
    Cmd: flags['config.cmd'],
    Volumes: { '/v': {} },
    Labels: { a: 'b' },
    WorkingDir: '/w',
    StopSignal: 'SIGINT',
  })
})

test('what is to be cleared goes before anything is set', async () => {
  const image = await newImage()
  await umoci('config', '--image', image, '--config.env', 'A=1')
  await umoci('config', '--image', image, '--config.env', 'B=2', '--clear', 'config.env')
  expect((await documents(image)).config.config).toEqual({ Env: ['B=2'] })
  for (const key of ['rootfs.diffids', 'bogus']) {
    expect((await umoci('config', '--image', image, '--clear', key)).status).toBe(1)
  }
})

test('the history tells of umoci config, unless flags say otherwise or forbid it', async () => {
  const image = await newImage()
  await umoci('config', '--image', image, '--author', 'me')
  await umoci('config', '--image', image, '--author', 'you', '--no-history')
  const own = { author: 'x', comment: 'y', created: '2020-01-01T00:00:00Z', created_by: 'z' }
  await umoci(
    'config',
    '--image',
    image,
    ...Object.entries(own).flatMap(([name, value]) => [`--history.${name}`, value]),
  )
  expect((await documents(image)).config.history).toEqual([
    { created: expect.any(String), created_by: 'umoci config', author: 'me', empty_layer: true },
    { ...own, empty_layer: true },
  ])
})

test('with --tag the old image stays', async () => {
  const image = await newImage()
  const result = await umoci('--log=info', 'config', '--image', image, '--tag', 'new', '--author', 'me')
  expect(result.stderr.at(-1)).toBe('   • created new tag for image manifest: new')
  expect((await documents(image)).config.author).toBeUndefined()
  expect((await documents(image.replace(':a', ':new'))).config.author).toBe('me')
})

async function newImage(): Promise<string> {
  const path = join(await temporaryDirectory(), 'layout')
  await umoci('init', '--layout', path)
  await umoci('new', '--image', `${path}:a`)
  return `${path}:a`
}

/** The manifest and config of an image. */
async function documents(image: string) {
  const [path = '', tag = ''] = image.split(':')
  const { manifests } = JSON.parse(await readFile(join(path, 'index.json'), 'utf8'))
  const blob = async (digest: string) =>
    JSON.parse(await readFile(join(path, 'blobs', digest.replace(':', '/')), 'utf8'))
  const entry = manifests.find((each: Entry) => each.annotations[REF_NAME] === tag)
  const manifest = await blob(entry.digest)
  return { manifest, config: await blob(manifest.config.digest) }
}

interface Entry {
  annotations: Record<string, string>
}
