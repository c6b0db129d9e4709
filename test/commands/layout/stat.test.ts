import { describe, expect, test } from 'vitest'
import { editConfig } from '../../../src/commands/editConfig.js'
import { stat } from '../../../src/commands/stat.js'
import { printStatJSON } from '../../../src/image/stat/statJSON.js'
import { printStat } from '../../../src/image/stat/statText.js'
import { digestOf } from '../../../src/spec/digest.js'
import { temporaryFile } from '../../fixtures/directory.js'
import { addDocuments, blobText, freshLayout, layoutWith, MOMENT, tagged } from '../../fixtures/editing.js'
import { addBlob, addIndex, dockerArchive, image, type Layout, layoutEntries } from '../../fixtures/image.js'
import { tar } from '../../fixtures/tar.js'

const EMPTY = 'application/vnd.oci.empty.v1+json'

test('a new image is shown as umoci shows it', async () => {
  const path = await freshLayout('latest')
  expect(printStat(await stat(path))).toBe(`== MANIFEST ==
Schema Version: 2
Media Type: application/vnd.oci.image.manifest.v1+json
Config:
\tDescriptor:
\t\tMedia Type: application/vnd.oci.image.config.v1+json
\t\tDigest: sha256:e5101a46118c740a7709af8eaeec19cbc50a567f4fe7741f8420af39a3779a77
\t\tSize: 135B
Descriptor:
\tMedia Type: application/vnd.oci.image.manifest.v1+json
\tDigest: sha256:98a4b5d5fe4ea076a0a9059075dad54741e055fd0fa016903a8e2b858dcbad80
\tSize: 249B
\tAnnotations:
\t\torg.opencontainers.image.ref.name: latest

== CONFIG ==
Created: ${MOMENT}
Author: ""
Platform:
\tOS: linux
\tArchitecture: amd64
Image Config:
\tUser: ""
\tCommand: (empty)
Descriptor:
\tMedia Type: application/vnd.oci.image.config.v1+json
\tDigest: sha256:e5101a46118c740a7709af8eaeec19cbc50a567f4fe7741f8420af39a3779a77
\tSize: 135B

== HISTORY ==
LAYER CREATED CREATED BY SIZE COMMENT
`)
})

test('everything that the config says is shown', async () => {
  const path = await freshLayout()
  await editConfig(path, {
    variant: 'v8',
    exposedPorts: ['80/tcp', '8080/udp'],
    env: ['ESCAPED=a\tb\nc\vd\re', 'HOME=/'],
    entrypoint: ['/bin/sh', '-c'],
    cmd: ['true'],
    volumes: ['/tmp', '/with, comma'],
    labels: ['a b=c'],
    workingDir: '/tmp',
    stopSignal: 'SIGKILL',
    annotations: ['ci.umo.abc=foobar\tbaz'],
    history: { created: MOMENT, createdBy: 'umoci config', comment: 'a comment' },
  })
  const text = printStat(await stat(path))
  expect(text).toContain('Annotations:\n\tci.umo.abc: "foobar\\tbaz"\nDescriptor:')
  expect(text).toContain(`Architecture: amd64 (v8)
Image Config:
\tUser: ""
\tEntrypoint:
\t\t/bin/sh
\t\t-c
\tCommand:
\t\ttrue
\tWorking Directory: /tmp
\tEnvironment:
\t\t"ESCAPED=a\\tb\\nc\\vd\\re"
\t\tHOME=/
\tStop Signal: SIGKILL
\tExposed Ports: 80/tcp, 8080/udp
\tVolumes: /tmp, "/with, comma"
\tLabels:
\t\t"a b": c
`)
  expect(text).toContain(`== HISTORY ==
LAYER  CREATED                         CREATED BY   SIZE   COMMENT
<none> ${MOMENT} umoci config <none> a comment
`)
})

test('the JSON has the documents as they stand', async () => {
  const layout: Layout = { blobs: new Map(), manifests: [] }
  const config = '{ "os" : "linux", "n": 1.0, "history": [ {"created_by":"<x>","empty_layer":true} ] }'
  const descriptor = tagged(addDocuments(layout, config), 'v1')
  layout.manifests.push(descriptor)
  const path = await layoutWith(layout)
  const json = printStatJSON(await stat(path))
  expect(json).toContain(
    '"blob":{"os":"linux","n":1.0,"history":[{"created_by":"\\u003cx\\u003e","empty_layer":true}]}},"history":[{"layer":null,"diff_id":"","created_by":"\\u003cx\\u003e","empty_layer":true}]}\n',
  )
  expect(JSON.parse(json)).toMatchObject({
    manifest: { descriptor, blob: JSON.parse(blobText(path, descriptor.digest)) },
    config: { descriptor: { digest: digestOf(Buffer.from(config)) }, blob: JSON.parse(config) },
  })
})

describe('a history that does not fit', () => {
  test('without times, and longer than the layers', async () => {
    const layout: Layout = { blobs: new Map(), manifests: [] }
    const config = '{"os":"linux","history":[{"created_by":"a"},{"created":null,"comment":"b"}]}'
    layout.manifests.push(tagged(addDocuments(layout, config), 'v1'))
    const found = await stat(await layoutWith(layout))
    expect(printStat(found)).toContain(
      '<missing> <none>  a          <missing> \n<missing> <none>             <missing> b\n',
    )
    expect(printStatJSON(found)).toContain('"history":[{"layer":null,"diff_id":"","created_by":"a"},{')
  })
})

test('an artifact with an empty config is shown without an image', async () => {
  const layout: Layout = { blobs: new Map(), manifests: [] }
  const empty = `{"mediaType":"${EMPTY}","digest":"${digestOf(Buffer.from('{}'))}","size":2,"data":"e30="}`
  const manifest = `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"x/y+z","config":${empty},"layers":[${empty}]}`
  layout.manifests.push(
    tagged(addBlob(layout, Buffer.from(manifest), 'application/vnd.oci.image.manifest.v1+json'), 'v1'),
  )
  const text = printStat(await stat(`${await layoutWith(layout)}:v1`))
  expect(text).toContain('Artifact Type: x/y+z\n')
  expect(text).toMatch(/== CONFIG ==\nDescriptor:\n(?:\t.*\n)+\tData: \(2 bytes\)\n\t\t0000: 7b7d {37}\{\}\n$/)
})

describe('any place', () => {
  test('a docker archive: the manifest is the one that a conversion writes', async () => {
    const path = await temporaryFile(
      dockerArchive(image({ tags: ['app:v1'] }), image({ tags: ['db:v2'], files: ['x'] })),
    )
    const found = await stat(`docker-archive:${path}:app:v1`)
    expect(found.manifest.descriptor.annotations).toMatchObject({
      'io.containerd.image.name': 'docker.io/library/app:v1',
    })
    expect(found.manifest.document.layers).toHaveLength(2)
    expect((await stat(`${path}:db:v2`)).manifest.document.layers).toHaveLength(1)
    await expect(stat(path)).rejects.toMatchObject({ code: 'FORMAT', hint: 'it may be app:v1, db:v2' })
  })

  test('an OCI archive, and one platform of an index', async () => {
    const layout: Layout = { blobs: new Map(), manifests: [] }
    const children = ['arm64', 's390x'].map((architecture) => ({
      ...addDocuments(layout, `{"os":"linux","architecture":"${architecture}"}`),
      platform: { os: 'linux', architecture },
    }))
    layout.manifests.push(tagged(addIndex(layout, children), 'v1'))
    const path = await temporaryFile(tar(layoutEntries(layout)))
    const found = await stat(`oci-archive:${path}:v1`, { platform: 'linux/s390x' })
    expect(found.manifest.descriptor).toEqual(children[1])
    await expect(stat(path, { platform: 'windows/amd64' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
