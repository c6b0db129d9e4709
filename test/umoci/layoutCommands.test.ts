import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../fixtures/directory.js'
import { addDocuments, layoutWith, tagged } from '../fixtures/editing.js'
import { type Layout, nameAnnotations } from '../fixtures/image.js'
import { umoci } from '../fixtures/umoci.js'

const DONE = { status: 0, stdout: '', stderr: [] }

test('init makes a layout, and says so at the level info', async () => {
  const path = join(await temporaryDirectory(), 'layout')
  const stderr = [`   • created new OCI image: ${path}`]
  expect(await umoci('--verbose', 'init', '--layout', path)).toEqual({ ...DONE, stderr })
  expect(existsSync(join(path, 'blobs/sha256'))).toBe(true)
  expect((await umoci('init', '--layout', path)).status).toBe(1)
})

test('new, tag, remove and list change and show the tags of a layout', async () => {
  const path = await layout()
  expect(await umoci('new', '--image', `${path}:a`)).toEqual(DONE)
  expect(await umoci('tag', '--image', `${path}:a`, 'b')).toEqual(DONE)
  expect(await umoci('list', '--layout', path)).toEqual({ ...DONE, stdout: 'a\nb\n' })
  expect(await umoci('rm', '--image', `${path}:a`)).toEqual(DONE)
  expect(await umoci('ls', '--layout', path)).toEqual({ ...DONE, stdout: 'b\n' })
})

test('without a tag it is latest', async () => {
  const path = await layout()
  await umoci('new', '--image', path)
  await umoci('new', '--image', `${path}:other`)
  await umoci('tag', '--image', path, 'new')
  expect((await umoci('ls', '--layout', path)).stdout).toBe('latest\nother\nnew\n')
})

test('a tag that moves is no warning', async () => {
  const path = await layout()
  await umoci('new', '--image', `${path}:a`)
  await umoci('config', '--image', `${path}:a`, '--tag', 'b', '--author', 'me')
  expect(await umoci('tag', '--image', `${path}:a`, 'b')).toEqual(DONE)
  expect((await umoci('ls', '--layout', path)).stdout).toBe('a\nb\n')
})

test('a tag that is not there is an error, except for remove', async () => {
  const path = await layout()
  await umoci('new', '--image', `${path}:a`)
  for (const command of [['tag', 'c'], ['config']]) {
    const [name = '', ...others] = command
    const { status, stderr } = await umoci(name, '--image', `${path}:b`, ...others)
    expect({ name, status, last: stderr.at(-1) }).toEqual({ name, status: 1, last: '   ⨯ tag not found: b' })
  }
  expect(await umoci('rm', '--image', `${path}:b`)).toEqual(DONE)
})

test('a tag of two images is ambiguous', async () => {
  const path = await layout()
  await umoci('new', '--image', `${path}:a`)
  await umoci('config', '--image', `${path}:a`, '--tag', 'b', '--author', 'me')
  const index = join(path, 'index.json')
  await writeFile(index, (await readFile(index, 'utf8')).replace('"b"', '"a"'))
  expect((await umoci('list', '--layout', path)).stdout).toBe('a\na\n')
  const { status, stderr } = await umoci('config', '--image', `${path}:a`, '--author', 'you')
  expect({ status, last: stderr.at(-1) }).toEqual({ status: 1, last: '   ⨯ tag is ambiguous: a' })
})

test('gc removes at once what no tag reaches', async () => {
  const path = await layout()
  await umoci('new', '--image', `${path}:a`)
  const { stderr } = await umoci('--verbose', 'gc', '--layout', path)
  expect(stderr).toEqual(['   • garbage collected 0 blobs of 0 bytes'])
  await umoci('rm', '--image', `${path}:a`)
  expect((await umoci('--verbose', 'gc', '--layout', path)).stderr[0]).toMatch(/collected 2 blobs of \d+ bytes$/)
})

test.each(['list', 'gc'])('%s of what is no layout is an error', async (command) => {
  const { status, stderr } = await umoci(command, '--layout', await temporaryDirectory())
  expect(status).toBe(1)
  expect(stderr.at(-1)).toMatch(/^ {3}⨯ .*OCI image layout/)
})

test('the name that an image states for containerd stays as it is, as umoci leaves it', async () => {
  const stating: Layout = { blobs: new Map(), manifests: [] }
  const annotations = nameAnnotations('docker.io/library/app:v1')
  stating.manifests.push({ ...addDocuments(stating, '{"os":"linux","architecture":"amd64","rootfs":{}}'), annotations })
  const path = await layoutWith(stating)
  expect(await umoci('tag', '--image', `${path}:v1`, 'v2')).toEqual(DONE)
  expect(await umoci('config', '--image', `${path}:v1`, '--author', 'me', '--tag', 'v3')).toEqual(DONE)
  for (const tag of ['v1', 'v2', 'v3']) {
    const { stdout } = await umoci('stat', '--json', '--image', `${path}:${tag}`)
    expect(JSON.parse(stdout)).toHaveProperty('manifest.descriptor.annotations', {
      'io.containerd.image.name': 'docker.io/library/app:v1',
      'org.opencontainers.image.ref.name': tag,
    })
  }
})

test('a tag of two lines is listed on one', async () => {
  const odd: Layout = { blobs: new Map(), manifests: [] }
  odd.manifests.push(tagged(addDocuments(odd, '{}'), 'v1\nv2'))
  expect((await umoci('list', '--layout', await layoutWith(odd))).stdout).toBe('v1\\u000av2\n')
})

async function layout(): Promise<string> {
  const path = join(await temporaryDirectory(), 'layout')
  await umoci('init', '--layout', path)
  return path
}
