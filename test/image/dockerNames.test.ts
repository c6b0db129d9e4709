import { describe, expect, test } from 'vitest'
import { dockerNames } from '../../src/image/dockerNames.js'
import type { NamedEntry } from '../../src/image/stored.js'
import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import type { Descriptor } from '../../src/spec/parse.js'
import type { Warning } from '../../src/spec/warnings.js'
import { addPlatforms, attesting, NAME, newLayout } from '../fixtures/archives.js'
import { poolOf } from '../fixtures/exporting.js'
import { addBlob, addImage, image, nameAnnotations } from '../fixtures/image.js'

const layout = newLayout()
const entry = addImage(layout, image())
const other = addImage(layout, image({ files: ['other'] }))
const { amd64, arm64, root } = addPlatforms(layout)
const REF = 'org.opencontainers.image.ref.name'
const FULL = 'io.containerd.image.name'

describe('an image', () => {
  test.each<[string, Record<string, string>, Record<string, string>]>([
    ['a tag alone', { [REF]: 'v1' }, nameAnnotations('docker.io/library/dir:v1')],
    ['a full name as ref.name', { [REF]: 'example.com/x/y:z' }, nameAnnotations('example.com/x/y:z')],
    ['a familiar name as ref.name', { [REF]: 'team/app:1' }, nameAnnotations('docker.io/team/app:1')],
    ['a full name alone', { [FULL]: NAME }, nameAnnotations(NAME)],
    ['a full name beside another ref.name', { [FULL]: NAME, [REF]: 'app:v1' }, nameAnnotations(NAME)],
    ['a familiar full name', { [FULL]: 'app' }, nameAnnotations('docker.io/library/app:latest')],
    ['other annotations', { b: '2', [FULL]: NAME, a: '1' }, { a: '1', b: '2', ...nameAnnotations(NAME) }],
  ])('with %s gets the annotations that Docker writes', async (_, annotations, expected) => {
    const { entries, warnings } = await named({ ...entry, annotations })
    expect(entries).toEqual([{ ...entry, annotations: expected }])
    expect(warnings).toEqual([])
  })

  test.each<[string, Record<string, string> | undefined]>([
    ['without annotations', undefined],
    ['with its names as they should be, keys in whatever order', { z: '1', ...nameAnnotations(NAME), a: '2' }],
    ['with others only', { b: '2', a: '1' }],
  ])('%s stays as it is', async (_, annotations) => {
    const one = annotations === undefined ? entry : { ...entry, annotations }
    expect(JSON.stringify((await named(one)).entries)).toBe(JSON.stringify([one]))
  })

  test.each([
    ['Team/App:1', 'Team/App:1'],
    ['v 1', 'v 1'],
  ])('whose name is %j goes without it, with a warning', async (name, where) => {
    const { entries, warnings } = await named({ ...entry, annotations: { [REF]: name, kept: 'yes' } })
    expect(entries).toEqual([{ ...entry, annotations: { kept: 'yes' } }])
    expect(warnings).toMatchObject([{ code: 'ILLEGAL_NAME', where }])
  })

  test('with a tag alone goes without it where nothing says what it is a tag of', async () => {
    const { entries, warnings } = await named({ ...entry, annotations: { [REF]: 'v1' } }, undefined)
    expect(entries).toEqual([entry])
    expect(warnings).toMatchObject([{ code: 'ILLEGAL_NAME', where: 'v1', message: expect.stringContaining('tag') }])
  })

  test('keeps what it was in the source', async () => {
    const pool = await poolOf(layout.blobs.values())
    const entries: NamedEntry[] = [{ entry, from: 'sha256:before' }]
    expect(await dockerNames(entries, { repository: 'dir', warn: () => {}, pool })).toEqual(entries)
  })
})

test('what is no image keeps its name, whatever that is', async () => {
  const config = addBlob(layout, Buffer.from('{}'), 'application/vnd.example')
  const document = canonicalJSON({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [] })
  const artifact = { ...addBlob(layout, document, OCI_MANIFEST), annotations: { [REF]: 'Chart v1' } }
  const attestation = attesting({ ...artifact, annotations: { [REF]: 'Also this' } }, entry.digest)
  const { entries, warnings } = await named(artifact, attestation)
  expect(entries).toEqual([artifact, attestation])
  expect(warnings).toEqual([])
})

test('an image has the name of one, also if its descriptor calls it an attestation', async () => {
  const claimed = attesting({ ...other, annotations: { [REF]: NAME } }, entry.digest)
  const { entries } = await named(claimed)
  expect(entries).toEqual([{ ...claimed, annotations: { ...claimed.annotations, ...nameAnnotations(NAME) } }])
})

describe('one name', () => {
  const annotations = nameAnnotations(NAME)

  test('of two different images is refused, also where only one says it in full', async () => {
    const images = [
      { ...entry, annotations },
      { ...other, annotations: { [REF]: 'app:v1' } },
    ]
    await expect(named(...images)).rejects.toMatchObject({
      code: 'FORMAT',
      where: 'app:v1',
      found: `${entry.digest} and ${other.digest}`,
    })
  })

  test('may be that of the directory, and then is refused all the same', async () => {
    const images = [
      { ...entry, annotations },
      { ...other, annotations: { [REF]: 'v1' } },
    ]
    await expect(named(...images)).resolves.toBeDefined()
    const pool = await poolOf(layout.blobs.values())
    const all = images.map((one) => ({ entry: one, from: null }))
    await expect(dockerNames(all, { repository: 'app', warn: () => {}, pool })).rejects.toMatchObject({
      code: 'FORMAT',
    })
  })

  test('may be of one image twice, and of several platforms', async () => {
    const flat = [amd64, arm64].map((one) => ({ ...one, annotations }))
    expect((await named(...flat, ...flat)).entries).toEqual([...flat, ...flat])
  })

  test('of two images of one platform is refused', async () => {
    const flat = [amd64, { ...arm64, platform: amd64.platform }].map((one) => ({ ...one, annotations })) as Descriptor[]
    await expect(named(...flat)).rejects.toMatchObject({ code: 'FORMAT' })
  })

  test('may be given to an index', async () => {
    const one = { ...root, annotations }
    expect((await named(one)).entries).toEqual([one])
  })
})

async function named(...given: (Descriptor | undefined)[]): Promise<{ entries: Descriptor[]; warnings: Warning[] }> {
  const repository = given.at(-1) === undefined ? undefined : 'dir'
  const warnings: Warning[] = []
  const warn = (warning: Warning) => warnings.push(warning)
  const pool = await poolOf(layout.blobs.values())
  const all = given.flatMap((one) => (one === undefined ? [] : [{ entry: one, from: null }]))
  const renamed = await dockerNames(all, { repository, warn, pool })
  return { entries: renamed.map((one) => one.entry), warnings }
}
