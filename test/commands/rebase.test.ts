import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { convert } from '../../src/commands/convert.js'
import type { RebaseOptions } from '../../src/commands/layerOptions.js'
import { type Bases, rebase } from '../../src/commands/rebase.js'
import { digestOf } from '../../src/spec/digest.js'
import type { Warning } from '../../src/spec/warnings.js'
import { imageIn, unpackedRootfs } from '../fixtures/bundle.js'
import { transload, transloadWith } from '../fixtures/cli.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { blobText, layoutWith, tagged } from '../fixtures/editing.js'
import { addBlob, addImage, addIndex, dockerArchive, type Image, imageWith, type Layout } from '../fixtures/image.js'
import { treeOf } from '../fixtures/rootfs.js'
import { tar } from '../fixtures/tar.js'

/** A step of a history; those without a layer begin with `#`. */
type Step = string

interface Spec {
  /** A layer for each name: a tar with a file of this name. */
  files: string[]
  history?: Step[]
  architecture?: string
  config?: Record<string, unknown>
  more?: Record<string, unknown>
}

function make({ files, history, architecture = 'amd64', config = {}, more = {} }: Spec): Image {
  const made = imageWith(
    files.map((name) => [{ name, content: name }]),
    config,
  )
  const steps = history?.map((step) => ({ created_by: step, ...(step.startsWith('#') ? { empty_layer: true } : {}) }))
  const stated = { ...JSON.parse(made.config.toString()), architecture, ...more, ...(steps && { history: steps }) }
  return { ...made, config: Buffer.from(JSON.stringify(stated)) }
}

const OLD: Spec = { files: ['base1', 'base2'], history: ['ADD 1', '#ENV', 'ADD 2', '#CMD'], config: { Env: ['OLD=1'] } }
const NEW: Spec = { files: ['new'], history: ['ADD new', '#CMD new'], config: { Env: ['NEW=1'] } }
const APP: Spec = {
  files: ['base1', 'base2', 'app'],
  history: ['ADD 1', '#ENV', 'ADD 2', '#CMD', '#WORKDIR', 'COPY app', '#ENTRYPOINT'],
  config: { Env: ['OLD=1', 'APP=1'], Labels: { a: 'b' } },
}

/** A layout with images under tags. */
function layoutOf(images: Record<string, Spec>, compression: 'none' | 'gzip' = 'gzip'): Promise<string> {
  const layout: Layout = { blobs: new Map(), manifests: [] }
  for (const [tag, spec] of Object.entries(images)) {
    layout.manifests.push(tagged(addImage(layout, make(spec), compression), tag))
  }
  return layoutWith(layout)
}

function basesIn(layout: string): Bases {
  return { old: `${layout}:old`, new: `${layout}:new` }
}

/** Steps of the history after a rebase of these images, and warnings. */
async function historyOf(specs: { app?: Spec; old?: Spec; new?: Spec }) {
  const layout = await layoutOf({ app: APP, old: OLD, new: NEW, ...specs })
  const { warnings } = await rebase(`${layout}:app`, basesIn(layout))
  const { history } = imageIn(layout, 'app').config
  return { steps: history?.map((step: { created_by: string }) => step.created_by), warnings }
}

test('the base’s layers and steps are replaced; all else of the image stays', async () => {
  const layout = await layoutOf({ app: APP, old: OLD, new: NEW })
  const before = imageIn(layout, 'app')
  const { digest, manifests } = await rebase(`${layout}:app`, basesIn(layout))
  const { manifest, config, digest: named } = imageIn(layout, 'app')
  expect(digest).toBe(named)
  expect(manifests).toEqual([{ platform: 'linux/amd64', manifest: named, config: manifest.config.digest }])
  expect(manifest.layers).toEqual([imageIn(layout, 'new').manifest.layers[0], before.manifest.layers[2]])
  expect(config.rootfs.diff_ids).toEqual([
    imageIn(layout, 'new').config.rootfs.diff_ids[0],
    before.config.rootfs.diff_ids[2],
  ])
  expect({ ...config, rootfs: 0, history: 0 }).toEqual({ ...before.config, rootfs: 0, history: 0 })
  expect(treeOf(await unpackedRootfs(layout, 'app'))).toEqual({ new: 'new', app: 'app' })
})

test('the layers of the old base may be compressed otherwise: their diffIDs count', async () => {
  const [plain, packed] = [await layoutOf({ old: OLD }, 'none'), await layoutOf({ app: APP, new: NEW })]
  await rebase(`${packed}:app`, { old: `${plain}:old`, new: `${packed}:new` })
  expect(imageIn(packed, 'app').manifest.layers).toHaveLength(2)
})

describe('the history', () => {
  test('of the new base comes first, then the image’s own steps, also those without layers', async () => {
    const { steps, warnings } = await historyOf({})
    expect(steps).toEqual(['ADD new', '#CMD new', '#WORKDIR', 'COPY app', '#ENTRYPOINT'])
    expect(warnings).toEqual([])
  })

  test('is cut behind the last layer of the old base if that has other steps', async () => {
    const own = ['#WORKDIR', 'COPY app']
    const app = { ...APP, history: ['squashed 1', 'squashed 2', ...own] }
    expect((await historyOf({ app })).steps).toEqual(['ADD new', '#CMD new', ...own])
  })

  test('of a base without one has a step for each layer', async () => {
    const { history: _, ...bare } = NEW
    const { steps, warnings } = await historyOf({ new: { ...bare, files: ['a', 'b'] } })
    expect(steps?.slice(0, 3)).toEqual(['transload rebase', 'transload rebase', '#WORKDIR'])
    expect(warnings).toEqual([])
  })

  test('is not made where the image has none', async () => {
    const { history: _, ...app } = APP
    expect((await historyOf({ app })).steps).toBeUndefined()
  })

  test('that does not fit the layers loses only the old base’s very steps, with a warning', async () => {
    const app = { ...APP, history: ['ADD 1', '#ENV', 'COPY app'] }
    const { steps, warnings } = await historyOf({ app })
    expect(steps).toEqual(['ADD new', '#CMD new', 'COPY app'])
    expect(warnings).toMatchObject([{ code: 'HISTORY' }])
  })
})

describe('from place to place', () => {
  async function archives(): Promise<Record<'app' | 'old' | 'new', string>> {
    const paths = { app: await fresh('app.tar'), old: await fresh('old.tar'), new: await fresh('new.tar.gz') }
    const layout = await layoutOf({ app: APP, old: OLD, new: NEW }, 'none')
    for (const [tag, path] of Object.entries(paths)) await convert(`oci:${layout}:${tag}`, path)
    return paths
  }

  async function fresh(name: string): Promise<string> {
    return join(await temporaryDirectory(), name)
  }

  test('images and bases are of any kind', async () => {
    const { app, old, new: next } = await archives()
    const legacy = await temporaryFile(dockerArchive(make(OLD)))
    const layout = await layoutOf({ app: APP, old: OLD, new: NEW }, 'none')
    const { manifests } = await rebase(`${layout}:app`, basesIn(layout))
    for (const bases of [
      { old, new: next },
      { old: legacy, new: next },
      { old, new: await temporaryFile(dockerArchive(make(NEW))) },
    ]) {
      const to = await fresh('to.tar')
      expect((await rebase(app, bases, { to })).manifests).toEqual(manifests)
      const check = await fresh('layout')
      await convert(to, `oci:${check}:v1`)
      expect(treeOf(await unpackedRootfs(check, 'v1'))).toEqual({ new: 'new', app: 'app' })
    }
  })

  test('the same gives the same bytes, without a time of its own', async () => {
    const { app, old, new: next } = await archives()
    const [one, other] = [await fresh('a.tar'), await fresh('b.tar')]
    for (const to of [one, other]) await rebase(app, { old, new: next }, { to })
    expect(readFileSync(one).equals(readFileSync(other))).toBe(true)
  })

  test('one of them may be a pipe', async () => {
    const { app, old, new: next } = await archives()
    const to = await fresh('to.tar')
    await rebase(app, { old, new: next }, { to })
    for (const [pipe, places] of [
      [app, ['-', '--old', old, '--new', next]],
      [old, [app, '--old', '-', '--new', next]],
      [next, [app, '--old', old, '--new', '-']],
    ] as const) {
      const again = await fresh('again.tar')
      expect(await transloadWith(readFileSync(pipe), 'rebase', ...places, '--to', again)).toMatchObject({ status: 0 })
      expect(readFileSync(again).equals(readFileSync(to))).toBe(true)
    }
    expect(await transload('rebase', '-', '--old', '-', '--new', next, '--to', to)).toMatchObject({ status: 2 })
  })

  test('another base is refused with the first layer that differs, and nothing is left', async () => {
    const layout = await layoutOf({
      app: APP,
      old: { ...OLD, files: ['base1', 'other'] },
      new: NEW,
      long: { ...APP, files: [...APP.files, 'x'] },
    })
    const to = await fresh('to.tar')
    const [found, expected] = ['base2', 'other'].map((name) => digestOf(tar([{ name, content: name }])))
    await expect(rebase(`${layout}:app`, basesIn(layout), { to })).rejects.toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining('layer 1'),
      expected,
      found,
    })
    const bases = { old: `${layout}:long`, new: `${layout}:new` }
    await expect(rebase(`${layout}:app`, bases, { to })).rejects.toMatchObject({
      code: 'INTEGRITY',
      found: 'only 3 layers',
    })
    expect(readdirSync(dirname(to))).toEqual([])
  })

  test('a layer of the new base that is not what its config says is refused, and nothing is left', async () => {
    const { app, old } = await archives()
    const { config } = make(NEW)
    const item = { Config: 'c.json', RepoTags: ['new:v1'], Layers: ['l.tar'] }
    const bad = await temporaryFile(
      tar([
        { name: 'c.json', content: config },
        { name: 'l.tar', content: tar([{ name: 'evil', content: 'x' }]) },
        { name: 'manifest.json', content: JSON.stringify([item]) },
      ]),
    )
    const to = await fresh('to.tar')
    await expect(rebase(app, { old, new: bad }, { to })).rejects.toMatchObject({ code: 'INTEGRITY' })
    expect(readdirSync(dirname(to))).toEqual([])
  })
})

describe('several platforms', () => {
  const BOTH = ['amd64', 'arm64']

  async function multi(platforms: { app?: string[]; old?: string[]; new?: string[] } = {}): Promise<string> {
    const layout: Layout = { blobs: new Map(), manifests: [] }
    const all = { app: APP, old: OLD, new: NEW }
    for (const [tag, spec] of Object.entries(all)) {
      const children = (platforms[tag as keyof typeof all] ?? BOTH).map((architecture) => ({
        ...addImage(layout, make({ ...spec, files: spec.files.map((name) => name + architecture), architecture })),
        platform: { architecture, os: 'linux' },
      }))
      layout.manifests.push(tagged(addIndex(layout, children), tag))
    }
    return layoutWith(layout)
  }

  test('each gets the base of its own', async () => {
    const layout = await multi()
    const { digest, manifests } = await rebase(`${layout}:app`, basesIn(layout))
    expect(manifests.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64'])
    for (const [at, architecture] of BOTH.entries()) {
      const names = ['new', 'app'].map((name) => name + architecture)
      const diffIDs = names.map((name) => digestOf(tar([{ name, content: name }])))
      expect(JSON.parse(blobText(layout, manifests[at]?.config ?? '')).rootfs.diff_ids).toEqual(diffIDs)
    }
    const listed = JSON.parse(blobText(layout, digest)).manifests.map((child: { digest: string }) => child.digest)
    expect(listed).toEqual(manifests.map(({ manifest }) => manifest))
  })

  test('a platform that a base lacks is an error that lists; one may be chosen', async () => {
    const layout = await multi({ new: ['arm64'] })
    await expect(rebase(`${layout}:app`, basesIn(layout))).rejects.toMatchObject({
      code: 'NOT_FOUND',
      expected: 'linux/amd64',
      found: 'linux/arm64',
    })
    const { manifests } = await rebase(`${layout}:app`, basesIn(layout), { platform: 'linux/arm64' })
    expect(manifests).toHaveLength(1)
  })
})

test('a new version of Windows is stated where the old one was', async () => {
  const more = (version: string) => ({ os: 'windows', 'os.version': `10.0.${version}` })
  const layout = await layoutOf({
    app: { ...APP, more: more('1') },
    old: { ...OLD, more: more('1') },
    new: { ...NEW, more: more('2') },
  })
  await rebase(`${layout}:app`, basesIn(layout))
  expect(imageIn(layout, 'app').config['os.version']).toBe('10.0.2')
})

describe('annotations of the base', () => {
  const [DIGEST, NAME] = ['org.opencontainers.image.base.digest', 'org.opencontainers.image.base.name']

  async function annotated(annotations: (old: string) => Record<string, string>, next: string) {
    const layout: Layout = { blobs: new Map(), manifests: [] }
    const old = addImage(layout, make(OLD))
    const app = JSON.parse(layout.blobs.get(addImage(layout, make(APP)).digest)?.toString() ?? '')
    const stated = Buffer.from(JSON.stringify({ ...app, annotations: annotations(old.digest) }))
    const fresh = { ...addImage(layout, make(NEW)), annotations: { 'io.containerd.image.name': next } }
    layout.manifests.push(tagged(addBlob(layout, stated, app.mediaType), 'app'), tagged(old, 'old'), fresh)
    const path = await layoutWith(layout)
    await rebase(`${path}:app`, { old: `${path}:old`, new: `${path}:${next}` })
    return { now: imageIn(path, 'app').manifest.annotations, fresh: fresh.digest }
  }

  test('follow: the digest, and a name if the new base has one', async () => {
    const next = 'docker.io/library/debian:13'
    const { now, fresh } = await annotated((old) => ({ [DIGEST]: old, [NAME]: 'debian:12', x: 'y' }), next)
    expect(now).toEqual({ [DIGEST]: fresh, [NAME]: next, x: 'y' })
  })

  test('are not added', async () => {
    expect((await annotated(() => ({ x: 'y' }), 'docker.io/library/debian:13')).now).toEqual({ x: 'y' })
  })
})

describe('a Docker manifest', () => {
  const TYPE = 'application/vnd.docker.distribution.manifest.v2+json'
  const LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip'

  /** The image app as a Docker manifest; the bases are OCI. */
  async function docker(next: (layout: Layout) => ReturnType<typeof addImage>): Promise<string> {
    const layout: Layout = { blobs: new Map(), manifests: [] }
    const { config, layers } = make(APP)
    const stated = addBlob(layout, config, 'application/vnd.docker.container.image.v1+json')
    const packed = layers.map((layer) => addBlob(layout, gzipSync(layer), LAYER))
    const document = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: TYPE, config: stated, layers: packed }))
    const manifests = { app: addBlob(layout, document, TYPE), old: addImage(layout, make(OLD)), new: next(layout) }
    layout.manifests.push(...Object.entries(manifests).map(([tag, one]) => tagged(one, tag)))
    return layoutWith(layout)
  }

  test('gets the base’s layers under its own media types', async () => {
    const layout = await docker((into) => addImage(into, make(NEW)))
    await rebase(`${layout}:app`, basesIn(layout))
    expect(imageIn(layout, 'app').manifest.layers.map(({ mediaType }) => mediaType)).toEqual([LAYER, LAYER])
  })

  test('refuses a base with zstd layers', async () => {
    const layout = await docker((into) => {
      const document = JSON.parse(into.blobs.get(addImage(into, make(NEW)).digest)?.toString() ?? '')
      document.layers[0].mediaType = 'application/vnd.oci.image.layer.v1.tar+zstd'
      return addBlob(into, Buffer.from(JSON.stringify(document)), document.mediaType)
    })
    await expect(rebase(`${layout}:app`, basesIn(layout))).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })
})

test('the command line says what is missing, and prints what was done', async () => {
  const layout = await layoutOf({ app: APP, old: OLD, new: NEW })
  const { old, new: next } = basesIn(layout)
  expect(await transload('rebase', `${layout}:app`, '--old', old)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--new'),
  })
  const { status, stdout } = await transload(
    'rebase',
    '--image',
    `${layout}:app`,
    '--old',
    old,
    '--new',
    next,
    '--tag',
    'v2',
    '--json',
  )
  expect({ status, report: JSON.parse(stdout) }).toMatchObject({
    status: 0,
    report: { manifests: [{ platform: 'linux/amd64' }] },
  })
  expect(imageIn(layout, 'app').manifest.layers).toHaveLength(3)
  expect(imageIn(layout, 'v2').manifest.layers).toHaveLength(2)
})

test('warnings about referrers of a base are not given: only the base’s layers are taken', async () => {
  const layout: Layout = { blobs: new Map(), manifests: [] }
  const specs = { app: APP, old: OLD, new: NEW }
  for (const [tag, spec] of Object.entries(specs)) layout.manifests.push(tagged(addImage(layout, make(spec)), tag))
  const subject = layout.manifests[2]
  const empty = addBlob(layout, Buffer.from('{}'), 'application/vnd.oci.empty.v1+json')
  const type = 'application/vnd.oci.image.manifest.v1+json'
  const document = { schemaVersion: 2, mediaType: type, artifactType: 'x/sig', config: empty, layers: [empty], subject }
  layout.manifests.push(addBlob(layout, Buffer.from(JSON.stringify(document)), type))
  const path = await layoutWith(layout)
  const warnings: Warning[] = []
  const options: RebaseOptions = { to: join(await temporaryDirectory(), 'to'), onWarning: (one) => warnings.push(one) }
  await rebase(`${path}:app`, basesIn(path), options)
  expect(warnings).toEqual([])
})
