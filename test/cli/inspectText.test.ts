import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { printInspection } from '../../src/cli/inspectText.js'
import { type Inspection, inspect } from '../../src/commands/inspect.js'
import { UNKNOWN } from '../../src/image/describe/described.js'
import { digestOf, shortDigest } from '../../src/spec/digest.js'
import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { OCI_CONFIG, OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import { ARCHIVES, addArtifact, addPlatforms, NAME, newLayout } from '../fixtures/archives.js'
import { temporaryFile } from '../fixtures/directory.js'
import { addBlob, dockerArchive, image, layoutEntries, nameAnnotations } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'
import { SAID, v1Archive, v1ID } from '../fixtures/v1.js'
import { LAYER } from '../variants/variant.js'

const NOTHING: Inspection = {
  format: 'oci',
  writer: null,
  compression: null,
  images: [],
  warnings: [],
  verified: null,
}

const MADE = image({
  config: {
    created: '2024-01-02T03:04:05Z',
    author: 'A <a@example.com>',
    config: { Env: ['A=1'], Cmd: ['sh', '-c', 'true'], WorkingDir: '/', User: '' },
    history: [
      { created_by: 'ADD a /' },
      { created_by: 'ENV A=1', empty_layer: true },
      { created_by: 'b', comment: 'c' },
    ],
  },
})

test('an image of docker save is shown with its steps and the layers that they made', async () => {
  const { images } = await inspected(dockerArchive(MADE))
  const [one, two] = MADE.layers.map((layer) => shortDigest(digestOf(layer)))
  expect(await printed(dockerArchive(MADE))).toBe(`app.tar
  format    docker-archive
  writer    –
  images    1
  verified  nothing; --full reads the layers and checks them

@0 app:v1
  manifest    ${images[0]?.digest}
  media type  application/vnd.oci.image.manifest.v1+json
  image ID    ${digestOf(MADE.config)}
  platform    linux/amd64
  created     2024-01-02T03:04:05Z
  author      A <a@example.com>
  Env         ["A=1"]
  Cmd         ["sh","-c","true"]
  WorkingDir  /
  layer  size     media type              diffID               made by
  0      2.05 kB  oci.image.layer.v1.tar  ${one}  ADD a /
                                                               ENV A=1
  1      2.05 kB  oci.image.layer.v1.tar  ${two}  b # c
`)
})

test('what is not stated is a dash, and layers that the history does not tell of follow', async () => {
  const archive = ARCHIVES['gzip layers under odd names']?.()
  const [one, two] = image().layers.map((layer) => shortDigest(digestOf(layer)))
  expect(await printed(archive)).toBe(`app.tar
  format    docker-archive
  writer    –
  images    1
  verified  nothing; --full reads the layers and checks them

@0 app:v1
  manifest    –
  media type  –
  image ID    ${digestOf(image().config)}
  platform    linux/amd64
  created     –
  layer  size  media type                   diffID               made by
  0      87 B  oci.image.layer.v1.tar+gzip  ${one}
  1      88 B  oci.image.layer.v1.tar+gzip  ${two}
`)
})

test('images of Docker before 1.10 have neither image ID nor diffIDs', async () => {
  const archive = v1Archive([{ digit: 'a' }, { digit: 'b', parent: 'a', says: `${SAID},"author":"B"` }], {
    app: { v1: v1ID('b'), v2: v1ID('b') },
  })
  expect(await printed(archive)).toBe(`app.tar
  format    docker-archive without manifest.json
  writer    likely docker save of Docker before 1.10
  images    1
  verified  nothing; --full reads the layers and checks them

@0 app:v1, app:v2
  manifest    –
  media type  –
  image ID    –
  platform    linux/amd64
  created     2015-11-03T12:34:56.789012345Z
  author      B
  Hostname    c0ffee
  Env         ["PATH=/bin"]
  Cmd         ["/bin/sh"]
  layer  size     media type              diffID  made by
  0      2.05 kB  oci.image.layer.v1.tar  –       /bin/sh -c echo "a" > b && true # made <by> hand
  1      2.05 kB  oci.image.layer.v1.tar  –       /bin/sh -c echo "a" > b && true # made <by> hand
`)
})

test('an index is shown with what it lists, also if that is not there', async () => {
  const layout = newLayout()
  const { root, amd64, arm64 } = addPlatforms(layout)
  layout.blobs.delete(arm64.digest)
  layout.manifests.push({ ...root, annotations: nameAnnotations(NAME) })
  const archive = tar(layoutEntries(layout))
  const inspection = await inspected(archive)
  const attestation = inspection.images[0]?.manifests[2]?.digest
  const [one, two] = image().layers.map((layer) => shortDigest(digestOf(layer)))
  expect(printInspection('app.tar', { ...inspection, warnings: [] })).toBe(`app.tar
  format    oci
  writer    likely containerd, BuildKit, regctl or transload
  images    1
  verified  nothing; --full reads the layers and checks them

@0 app:v1
  index       ${root.digest}
  media type  application/vnd.oci.image.index.v1+json
  linux/amd64
    manifest    ${amd64.digest}
    media type  application/vnd.oci.image.manifest.v1+json
    image ID    ${digestOf(image().config)}
    platform    linux/amd64
    created     –
    layer  size  media type                   diffID               made by
    0      87 B  oci.image.layer.v1.tar+gzip  ${one}
    1      88 B  oci.image.layer.v1.tar+gzip  ${two}
  linux/arm64/v8, not in the source  ${arm64.digest}
  attestation of ${shortDigest(amd64.digest)}  ${attestation}
`)
})

test('artifacts, layers that are elsewhere, and what is odd are shown', async () => {
  const layout = newLayout()
  const config = addBlob(layout, Buffer.from('{}'), 'application/vnd.oci.empty.v1+json')
  const text = addBlob(layout, Buffer.from('text'), 'text/plain')
  const artifact = { artifactType: 'application/vnd.example', config, layers: [text] }
  const foreign = { mediaType: FOREIGN, digest: digestOf(LAYER), size: 1_500_000, urls: ['https://example.com/'] }
  const layer = addBlob(layout, gzipSync(LAYER), 'application/vnd.oci.image.layer.v1.tar')
  const parts = { config: addBlob(layout, MADE.config, OCI_CONFIG), layers: [foreign, layer] }
  for (const document of [artifact, parts]) {
    const bytes = canonicalJSON({ schemaVersion: 2, mediaType: OCI_MANIFEST, ...document })
    layout.manifests.push(addBlob(layout, bytes, OCI_MANIFEST))
  }
  const [first, second] = layout.manifests
  const [one, two] = MADE.layers.map((bytes) => shortDigest(digestOf(bytes)))
  expect(await printed(tar(layoutEntries(layout)))).toBe(`app.tar
  format     oci
  writer     –
  images     1
  artifacts  1
  verified   nothing; --full reads the layers and checks them

@0 <untagged>
  manifest    ${first?.digest}
  media type  application/vnd.oci.image.manifest.v1+json
  artifact    application/vnd.example
  layer  size  media type  diffID  made by
  0      4 B   text/plain  –

@1 <untagged>
  manifest    ${second?.digest}
  media type  application/vnd.oci.image.manifest.v1+json
  image ID    ${digestOf(MADE.config)}
  platform    linux/amd64
  created     2024-01-02T03:04:05Z
  author      A <a@example.com>
  Env         ["A=1"]
  Cmd         ["sh","-c","true"]
  WorkingDir  /
  layer  size                media type                                    diffID               made by
  0      1.50 MB, elsewhere  oci.image.layer.nondistributable.v1.tar+gzip  ${one}  ADD a /
                                                                                                ENV A=1
  1      ${String(layer.size).padEnd(2)} B                oci.image.layer.v1.tar                        ${two}  b # c

what is odd
  MEDIA_TYPE  ${layer.digest}: the layer is compressed with gzip, although its media type is ${layer.mediaType}
`)
})

test('what is about an image or a platform stands below it, with what is about that', async () => {
  const layout = newLayout()
  const { root, amd64 } = addPlatforms(layout)
  const [signature, whole] = [addArtifact(layout, amd64), addArtifact(layout, root, 'whole')]
  const proof = addArtifact(layout, signature, 'proof')
  layout.manifests.push(proof, signature, { ...root, annotations: nameAnnotations(NAME) }, whole)
  const lines = (await printed(tar(layoutEntries(layout)))).split('\n')
  const titles = lines.filter((line) => /^ *(@|linux|attestation)/.test(line)).map((line) => line.split('  sha')[0])
  expect(titles).toEqual([
    '@2 app:v1',
    '  linux/amd64',
    '    @1 <untagged>',
    '      @0 <untagged>',
    '  linux/arm64/v8',
    expect.stringMatching('^  attestation of '),
    '  @3 <untagged>',
  ])
  expect(lines).toContain('    artifact    application/vnd.example.signature')
  expect(lines.filter((line) => /images|artifacts/.test(line))).toEqual(['  images     1', '  artifacts  3'])
})

test.each([
  ['each other', 2, (at: number) => 1 - at],
  ['one after another', 3000, (at: number) => at - 1],
])('what is about %s is shown once, whatever it says', (_, count, aboutOf) => {
  const images = Array.from({ length: count }, (_, at) => {
    return { ...UNKNOWN, kind: 'artifact' as const, digest: `sha256:${at}`, about: `sha256:${aboutOf(at)}` }
  })
  const printed = printInspection('app.tar', { ...NOTHING, images })
  expect(printed.match(/@\d+/g)?.length).toBe(count)
  expect(printed.length).toBeLessThan(count * 300)
})

test('an archive that is compressed is said to be', async () => {
  expect((await printed(gzipSync(dockerArchive(image())))).split('\n')[1]).toBe(
    '  format    docker-archive, compressed with gzip',
  )
})

test.each<[string, Partial<Inspection['images'][number]>]>([
  ['names', { names: [evil()] }],
  ['facts', { author: evil(), created: evil(), platform: evil(), runs: { [evil()]: evil(), Labels: { a: evil() } } }],
  ['history', { history: [{ created: evil(), createdBy: evil(), comment: evil(), layer: null }] }],
  ['artifacts', { kind: 'artifact', artifactType: evil() }],
  ['what an index lists', { kind: 'index', manifests: [{ ...UNKNOWN, platform: evil(), runs: { a: evil() } }] }],
  ['what it lists and is not there', { kind: 'index', manifests: [{ ...UNKNOWN, platform: evil(), present: false }] }],
])('nothing in %s acts on the terminal', (_, stated) => {
  const warnings: Inspection['warnings'] = [{ code: 'HISTORY', message: evil(), where: evil() }]
  const images = [{ ...UNKNOWN, ...stated }]
  const inspection: Inspection = {
    format: 'oci',
    writer: null,
    compression: null,
    images,
    verified: null,
    warnings,
  }
  const text = printInspection(`app${evil()}.tar`, inspection)
  expect(text).toContain('\\u001b[31m')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  for (const line of text.split('\n')) expect(line).not.toMatch(/^gone/)
})

const FOREIGN = 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip'

/** What an archive may hold to deceive. */
function evil(): string {
  return 'a\u001b[31mb\ngone\r\u009b2J\u202e'
}

async function inspected(archive: Buffer | undefined): Promise<Inspection> {
  return inspect(await temporaryFile(archive ?? Buffer.alloc(0)))
}

async function printed(archive: Buffer | undefined): Promise<string> {
  return printInspection('app.tar', await inspected(archive))
}
