import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { addLayer } from '../../src/commands/addLayer.js'
import { convert } from '../../src/commands/convert.js'
import { editConfig } from '../../src/commands/editConfig.js'
import { insert } from '../../src/commands/insert.js'
import { digestOf } from '../../src/spec/digest.js'
import type { Warning } from '../../src/spec/warnings.js'
import { blobIn, imageIn, layoutOf } from '../fixtures/bundle.js'
import { transload, transloadWith } from '../fixtures/cli.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { layoutWith, MOMENT, tagged } from '../fixtures/editing.js'
import { addBlob, addImage, addIndex, image, type Layout } from '../fixtures/image.js'
import { converted } from '../fixtures/layout.js'
import { tar } from '../fixtures/tar.js'

const FILES = [{ name: 'etc/passwd', content: 'root' }]
const EDIT = { env: ['X=1'], history: { created: MOMENT } }

async function fresh(name: string): Promise<string> {
  return join(await temporaryDirectory(), name)
}

/** The same image, as each kind of place has it. */
const SOURCES: Record<string, (layout: string) => Promise<string>> = {
  'a layout': (layout) => Promise.resolve(`oci:${layout}:v1`),
  'an archive of docker': (layout) => archive(layout, 'app.tar'),
  'an archive of docker-25': (layout) => archive(layout, 'app.tar', 'docker-25'),
  'an archive of docker-legacy': (layout) => archive(layout, 'app.tar', 'docker-legacy'),
  'an OCI archive': async (layout) => `oci-archive:${await archive(layout, 'app.tar', 'oci')}`,
  'a compressed archive': (layout) => archive(layout, 'app.tar.gz'),
}

async function archive(layout: string, name: string, format?: 'docker-25' | 'docker-legacy' | 'oci'): Promise<string> {
  const path = await fresh(name)
  await convert(`oci:${layout}`, path, { format })
  return path
}

const DESTINATIONS = ['oci:LAYOUT', 'FILE.tar', 'FILE.tar.gz', 'oci-archive:FILE', 'docker-archive:FILE'] as const

describe.each(Object.keys(SOURCES))('from %s', (kind) => {
  test.each(DESTINATIONS)(
    'to %s: the manifest is that of an edit in a layout, and layers keep their bytes',
    async (to) => {
      const layout = await layoutOf(FILES)
      const source = await SOURCES[kind]?.(layout)
      const path = join(await temporaryDirectory(), 'x.tar.gz').replace(
        /\.tar\.gz$/,
        to.includes('.gz') ? '.tar.gz' : '.tar',
      )
      const place = to.replace(/LAYOUT|FILE(\.tar(\.gz)?)?/, path)
      const edited = await editConfig(source ?? '', { ...EDIT, to: place })
      const { manifest } = await editConfig(`oci:${layout}:v1`, EDIT)
      expect(edited.manifest).toBe(manifest)
      const { index, files } = await converted(to.startsWith('oci:') ? `oci:${path}` : path)
      expect(index.manifests).toMatchObject([
        { digest: manifest, annotations: { 'io.containerd.image.name': 'docker.io/library/app:v1' } },
      ])
      const layer = imageIn(layout, 'v1').manifest.layers[0]?.digest ?? ''
      expect(digestOf(Buffer.from(files[`blobs/${layer.replace(':', '/')}`] ?? '', 'latin1'))).toBe(layer)
    },
  )
})

test.each(['docker-25', 'docker-legacy', 'oci'] as const)('writes the format %s', async (format) => {
  const layout = await layoutOf(FILES)
  const [to, again] = [await fresh('a.tar'), await fresh('b.tar')]
  const { config } = await editConfig(layout, { ...EDIT, to, format })
  await editConfig(layout, EDIT)
  await convert(layout, again, { format })
  expect(digestOf(readFileSync(to))).toBe(digestOf(readFileSync(again)))
  expect(imageIn(layout, 'v1').manifest.config.digest).toBe(config)
})

test('a pipe goes to a pipe; the report goes to standard error', async () => {
  const layout = await layoutOf(FILES)
  const source = await archive(layout, 'app.tar')
  const to = await fresh('to.tar')
  await editConfig(source, { ...EDIT, to })
  const options = ['--config.env', 'X=1', '--history.created', MOMENT, '--to', '-', '--json']
  const { status, stdout, stderr } = await transloadWith(readFileSync(source), 'config', '-', ...options)
  expect({ status, report: JSON.parse(stderr) }).toMatchObject({
    status: 0,
    report: { digest: expect.stringMatching(/^sha256:/) },
  })
  expect(stdout.length).toBe(readFileSync(to).toString().length)
})

test('the same edit gives the same archive', async () => {
  const source = await archive(await layoutOf(FILES), 'app.tar')
  const [one, other] = [await fresh('a.tar'), await fresh('b.tar')]
  for (const to of [one, other]) await editConfig(source, { ...EDIT, to })
  expect(readFileSync(one).equals(readFileSync(other))).toBe(true)
})

test('the changed image gets the name of the place, or that of the option', async () => {
  const layout = await layoutOf(FILES)
  const to = await fresh('layout')
  await editConfig(layout, { ...EDIT, to: `oci:${to}:v2` })
  await editConfig(layout, { ...EDIT, to, tag: 'other/app:v3' })
  await editConfig(layout, { ...EDIT, to, tag: 'v4' })
  const { manifests } = JSON.parse(readFileSync(join(to, 'index.json'), 'utf8'))
  const names = manifests.map(({ annotations }: { annotations: object }) => Object.values(annotations)[0])
  expect(names).toEqual(['docker.io/library/app:v2', 'docker.io/other/app:v3', 'docker.io/library/app:v4'])
  expect(imageIn(layout, 'v1').config.config.Env).toBeUndefined()
})

/** Images of two platforms under an index with an attestation, and a signature of the index. */
function multi(): Layout {
  const layout: Layout = { blobs: new Map(), manifests: [] }
  const [amd, arm] = ['amd64', 'arm64'].map((architecture) => ({
    ...addImage(layout, image({ config: { architecture } })),
    platform: { architecture, os: 'linux' },
  }))
  if (amd === undefined || arm === undefined) throw new Error('there are two')
  const statement = addBlob(layout, Buffer.from('{}'), 'application/vnd.in-toto+json')
  const config = addBlob(
    layout,
    Buffer.from('{"architecture":"unknown","os":"unknown","rootfs":{"type":"layers","diff_ids":[]}}'),
    'application/vnd.oci.image.config.v1+json',
  )
  const type = 'application/vnd.oci.image.manifest.v1+json'
  const document = { schemaVersion: 2, mediaType: type, config, layers: [statement] }
  const attestation = {
    ...addBlob(layout, Buffer.from(JSON.stringify(document)), type),
    annotations: { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': amd.digest },
    platform: { architecture: 'unknown', os: 'unknown' },
  }
  const index = addIndex(layout, [amd, arm, attestation])
  const empty = addBlob(layout, Buffer.from('{}'), 'application/vnd.oci.empty.v1+json')
  const signature = {
    schemaVersion: 2,
    mediaType: type,
    artifactType: 'x/sig',
    config: empty,
    layers: [empty],
    subject: index,
  }
  layout.manifests.push(tagged(index, 'v1'), addBlob(layout, Buffer.from(JSON.stringify(signature)), type))
  return layout
}

describe('an image of several platforms', () => {
  test('changes on one; the attestation follows, the rest keeps its bytes', async () => {
    const layout = await layoutWith(multi())
    const to = await fresh('to')
    const edited = await editConfig(`${layout}:v1`, { ...EDIT, platform: 'linux/amd64', to: `oci:${to}` })
    const before = JSON.parse(blobIn(layout, entryOf(layout)).toString())
    const after = JSON.parse(blobIn(to, edited.digest).toString())
    expect(after.manifests[0].digest).toBe(edited.manifest)
    expect(after.manifests[1]).toEqual(before.manifests[1])
    expect(after.manifests[2].annotations['vnd.docker.reference.digest']).toBe(edited.manifest)
    expect(after.manifests[2].digest).toBe(before.manifests[2].digest)
    const inPlace = await editConfig(`${layout}:v1`, { ...EDIT, platform: 'linux/amd64' })
    expect(inPlace).toEqual(edited)
  })

  test('loses what is about the old image, with a warning', async () => {
    const layout = await layoutWith(multi())
    const to = await fresh('to.tar')
    const warnings: Warning[] = []
    await editConfig(`${layout}:v1`, { ...EDIT, platform: 'linux/arm64', to, onWarning: (one) => warnings.push(one) })
    expect(warnings).toMatchObject([{ code: 'LEFT_OUT', message: expect.stringContaining(entryOf(layout)) }])
    const { index } = await converted(to)
    expect(index.manifests).toHaveLength(1)
  })

  test('may be chosen by digest: it then leaves its index, and its attestation, with a warning', async () => {
    const layout = multi()
    const [amd] = JSON.parse(layout.blobs.get(layout.manifests[0]?.digest ?? '')?.toString() ?? '').manifests
    const to = await fresh('to')
    const warnings: Warning[] = []
    const options = { ...EDIT, to: `oci:${to}:v2`, onWarning: (one: Warning) => warnings.push(one) }
    const { digest, manifest } = await editConfig(`${await layoutWith(layout)}:${amd.digest}`, options)
    expect(digest).toBe(manifest)
    expect(warnings).toMatchObject([{ code: 'LEFT_OUT', message: expect.stringContaining(amd.digest) }])
  })

  test('may be a flat index: all of its entries go along', async () => {
    const layout = multi()
    const [amd, arm] = JSON.parse(layout.blobs.get(layout.manifests[0]?.digest ?? '')?.toString() ?? '').manifests
    layout.manifests = [tagged(amd, 'v1'), tagged(arm, 'v1')]
    const to = await fresh('to')
    const edited = await editConfig(await layoutWith(layout), { ...EDIT, platform: 'linux/arm64', to: `oci:${to}:v2` })
    const { manifests } = JSON.parse(readFileSync(join(to, 'index.json'), 'utf8'))
    expect(manifests).toMatchObject([
      { digest: amd.digest },
      { digest: edited.manifest, platform: { architecture: 'arm64' } },
    ])
  })

  function entryOf(layout: string): string {
    return JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests[0].digest
  }
})

describe('refused, and nothing is left', () => {
  test('an archive without a destination: the hint tells of --to', async () => {
    const source = await archive(await layoutOf(FILES), 'app.tar')
    await expect(editConfig(source, EDIT)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      hint: expect.stringMatching(/--to/),
    })
    await expect(editConfig('-', EDIT)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      hint: expect.stringMatching(/--to/),
    })
  })

  test('the source as the destination, also by another name', async () => {
    const source = await archive(await layoutOf(FILES), 'app.tar')
    const before = readFileSync(source)
    for (const to of [source, join(dirname(source), '.', 'app.tar')]) {
      await expect(editConfig(source, { ...EDIT, to, force: true })).rejects.toMatchObject({ code: 'USAGE' })
    }
    expect(readFileSync(source).equals(before)).toBe(true)
  })

  test('a destination that exists, unless it may be replaced', async () => {
    const source = await archive(await layoutOf(FILES), 'app.tar')
    const to = join(dirname(source), 'other.tar')
    await copyFile(source, to)
    await expect(editConfig(source, { ...EDIT, to })).rejects.toMatchObject({ code: 'EXISTS' })
    expect(readFileSync(to).equals(readFileSync(source))).toBe(true)
    await editConfig(source, { ...EDIT, to, force: true })
    expect(readFileSync(to).equals(readFileSync(source))).toBe(false)
  })

  test.each<[object, RegExp]>([
    [{ force: true }, /--to/],
    [{ format: 'oci' }, /--to/],
    [{ to: 'oci:x', force: true }, /layout/],
    [{ to: 'oci:x', format: 'oci' }, /archive/],
    [{ to: 'docker-archive:x', format: 'oci' }, /contradict/],
    [{ to: '' }, /empty/],
  ])('options that contradict each other: %o', async (options, message) => {
    const layout = await layoutOf(FILES)
    await expect(editConfig(layout, { ...EDIT, ...options })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(message),
    })
  })

  test('a damaged layer of the source', async () => {
    const { layers, config } = image()
    const entries = [
      { name: 'c.json', content: config },
      ...layers.map((_, at) => ({ name: `${at}.tar`, content: tar([{ name: 'x', content: `other ${at}` }]) })),
    ]
    const items = [{ Config: 'c.json', RepoTags: ['app:v1'], Layers: ['0.tar', '1.tar'] }]
    const source = await temporaryFile(tar([...entries, { name: 'manifest.json', content: JSON.stringify(items) }]))
    const directory = await temporaryDirectory()
    for (const to of ['x.tar', 'layout']) {
      const edit = editConfig(source, { ...EDIT, to: join(directory, to) })
      await expect(edit).rejects.toMatchObject({ code: 'INTEGRITY' })
    }
    expect(readdirSync(directory)).toEqual([])
  })

  test('two images without a name that says which', async () => {
    const layout: Layout = { blobs: new Map(), manifests: [] }
    for (const tag of ['v1', 'v2']) layout.manifests.push(tagged(addImage(layout, image({ files: [tag] })), tag))
    const to = await fresh('x.tar')
    const path = await layoutWith(layout)
    await expect(editConfig(path, { ...EDIT, to })).rejects.toMatchObject({ code: 'FORMAT' })
    expect(existsSync(to)).toBe(false)
    await editConfig(`${path}:v2`, { ...EDIT, to })
    expect(existsSync(to)).toBe(true)
  })
})

describe('layers', () => {
  test('are added on the way, as in a layout', async () => {
    const layout = await layoutOf(FILES)
    const source = await temporaryFile(Buffer.from('new'))
    const layer = await temporaryFile(tar([{ name: 'b', content: 'b' }]))
    const [one, other] = [await fresh('a.tar'), await fresh('b.tar')]
    const options = { history: { created: MOMENT } }
    const added = await insert(layout, source, '/new', { ...options, to: one })
    const both = await addLayer(one, layer, { ...options, to: `oci-archive:${other}` })
    expect(await insert(layout, source, '/new', options)).toMatchObject({ digest: added.digest, layer: added.layer })
    expect(await addLayer(layout, layer, options)).toMatchObject({ digest: both.digest, layer: both.layer })
  })

  test('a failed one leaves no destination', async () => {
    const layout = await layoutOf(FILES)
    const to = await fresh('a.tar')
    const layer = await temporaryFile(gzipSync('x'))
    await expect(addLayer(layout, layer, { to })).rejects.toMatchObject({ code: 'FORMAT' })
    expect(readdirSync(dirname(to))).toEqual([])
  })
})

test('the command line takes one image, in either place', async () => {
  const layout = await layoutOf(FILES)
  const to = await fresh('a.tar')
  expect(await transload('config', layout, '--image', layout, '--to', to)).toMatchObject({ status: 2 })
  expect(await transload('config', '--to', to)).toMatchObject({ status: 2, stderr: expect.stringContaining('--image') })
  expect(await transload('config', layout, '--config.user', 'me', '--to', to)).toMatchObject({ status: 0, stdout: '' })
})
