import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Bytes } from '../../../src/bytes/bytes.js'
import { type Inspection, inspect } from '../../../src/commands/inspect.js'
import type { InspectOptions } from '../../../src/commands/options.js'
import { digestOf, hexOf } from '../../../src/spec/digest.js'
import { ImageError } from '../../../src/spec/errors.js'
import { canonicalJSON } from '../../../src/spec/json/canonical.js'
import { DOCKER_MANIFEST, OCI_CONFIG, OCI_MANIFEST, ociLayerType } from '../../../src/spec/mediaTypes.js'
import type { Warning } from '../../../src/spec/warnings.js'
import { ARCHIVES, addPlatforms, NAME, newLayout } from '../../fixtures/archives.js'
import { inChunks } from '../../fixtures/bytes.js'
import { temporaryFile } from '../../fixtures/directory.js'
import {
  addBlob,
  addImage,
  dockerArchive,
  dockerEntries,
  image,
  type Layout,
  layoutEntries,
  nameAnnotations,
} from '../../fixtures/image.js'
import { tar } from '../../fixtures/tar.js'
import { V1_ARCHIVES, v1Entries, v1ID } from '../../fixtures/v1.js'
import { replaced } from '../../variants/layouts.js'
import { appBeside, appItem } from '../../variants/variant.js'

const ONE = image({ files: ['one'] })

/** A layout whose only entry is a manifest that says this. */
function withManifest(stated: Record<string, unknown>, config: Buffer, layerType = ociLayerType('gzip')): Buffer {
  const layout = newLayout()
  const parts = {
    config: addBlob(layout, config, OCI_CONFIG),
    layers: [addBlob(layout, gzipSync(ONE.layers[0] ?? ''), layerType)],
  }
  const document = canonicalJSON({ schemaVersion: 2, mediaType: OCI_MANIFEST, ...parts, ...stated })
  layout.manifests.push({ ...addBlob(layout, document, OCI_MANIFEST), annotations: nameAnnotations(NAME) })
  return packed(layout)
}

function packed(layout: Layout): Buffer {
  return tar(layoutEntries(layout))
}

function sparse(): Buffer {
  const layout = newLayout()
  const { root, arm64 } = addPlatforms(layout)
  layout.blobs.delete(arm64.digest)
  layout.manifests.push({ ...root, annotations: nameAnnotations(NAME) })
  return packed(layout)
}

const CONFIG = ONE.config
const BAD_HISTORY = image({ files: ['one'], config: { history: [{}, {}] } })

/** What is odd, and needs no layer to be read. */
const ODD: Readonly<Record<string, [codes: string[], build: () => Buffer]>> = {
  'a history that does not fit': [['HISTORY'], () => dockerArchive(BAD_HISTORY)],
  'a history that does not fit, in a layout': [['HISTORY'], () => withManifest({}, BAD_HISTORY.config)],
  'a media type that is not that of the bytes': [['MEDIA_TYPE'], () => withManifest({}, CONFIG, ociLayerType('zstd'))],
  'a manifest that says to be of another media type': [
    ['MEDIA_TYPE'],
    () => withManifest({ mediaType: DOCKER_MANIFEST }, CONFIG),
  ],
  'an index that lists what is not there': [['UNREACHED', 'SPARSE_INDEX'], sparse],
  'a blob that nothing names': [
    ['UNREACHED'],
    () => {
      const layout = newLayout()
      layout.manifests.push({ ...addImage(layout, ONE), annotations: nameAnnotations(NAME) })
      addBlob(layout, Buffer.from('left'), 'text/plain')
      return packed(layout)
    },
  ],
  'a field of manifest.json that nobody knows': [
    ['UNKNOWN_FIELD'],
    () => appBeside(JSON.stringify([{ ...appItem(), Odd: 1 }])),
  ],
  'a field of a manifest that nobody knows': [['UNKNOWN_FIELD'], () => withManifest({ odd: 1 }, CONFIG)],
  'a name that is none': [['ILLEGAL_NAME'], () => dockerArchive(image({ tags: ['UPPER:case'] }))],
  'an entry that is no manifest': [
    ['UNKNOWN_TYPE'],
    () => {
      const layout = newLayout()
      layout.manifests.push(addBlob(layout, Buffer.from('{}'), 'application/vnd.docker.distribution.manifest.v1+json'))
      return packed(layout)
    },
  ],
  'an id of another layer': [
    ['V1_ID'],
    () => tar(replaced(v1Entries([{ digit: 'a' }]), `${v1ID('a')}/json`, `{"id":"${v1ID('b')}"}`)),
  ],
}

describe.each(Object.entries(ODD))('%s', (_, [codes, build]) => {
  test.each([false, true])('is told, and refused if that is wanted, full: %s', async (full) => {
    const told: Warning[] = []
    const path = await temporaryFile(build())
    const { warnings } = await inspect(path, { full, onWarning: (warning) => told.push(warning) })
    expect(warnings.map(({ code }) => code)).toEqual(codes)
    expect(told).toEqual(warnings)
    const refusal = { code: 'FORMAT', hint: 'without --strict this is a warning' }
    await expect(inspect(path, { full, strict: true })).rejects.toMatchObject(refusal)
  })
})

test.each(Object.entries(ARCHIVES).slice(0, 5))('nothing is odd about %s, strictly', async (_, build) => {
  expect((await inspect(await temporaryFile(build()), { strict: true })).warnings).toEqual([])
})

test('an image that cannot be read is told so beside the others, by every door', async () => {
  const entries = dockerEntries([image(), image({ tags: ['broken:1'], files: ['b'] })])
  const config = `${hexOf(digestOf(image({ files: ['b'] }).config))}.json`
  for (const content of ['{', Buffer.from('\ufeff{}')]) {
    const archive = tar(replaced(entries, config, content))
    for (const source of [await temporaryFile(archive), inChunks(archive, 65536)]) {
      const { images } = await inspect(source)
      expect(images.map(({ kind, names }) => [kind, names])).toEqual([
        ['image', ['app:v1']],
        ['broken', ['broken:1']],
      ])
      expect(images[1]?.problem).toMatch(/^image broken:1: .*JSON/)
    }
  }
})

describe('what is no archive of images is refused, and called what it looks like', () => {
  test.each<[string, Buffer, RegExp]>([
    ['nothing', Buffer.alloc(0), /the archive is empty/],
    ['a text', Buffer.from('<html>'), /not a tar archive.*found HTML or XML/],
    ['JSON', Buffer.from('[]'), /found JSON/],
    [
      'a root file system',
      tar(['bin/sh', 'etc/passwd', 'usr/bin/env'].map((name) => ({ name }))),
      /a root file system/,
    ],
    ['an empty tar', tar([]), /found an empty tar/],
    ['one that is compressed twice', gzipSync(gzipSync(tar([{ name: 'a' }]))), /gzip within gzip/],
  ])('%s', async (_, bytes, message) => {
    const path = await temporaryFile(bytes)
    await expect(inspect(path)).rejects.toThrow(message)
    await expect(inspect(path)).rejects.toThrow(`inspect ${path}: `)
    await expect(inspect(inChunks(bytes, 300))).rejects.toThrow(message)
  })

  test.each([
    ['oci-archive', 'a docker archive', () => dockerArchive(image())],
    ['oci-archive', 'an archive without manifest.json', () => V1_ARCHIVES['three layers']?.() ?? Buffer.alloc(0)],
    ['docker-archive', 'a layout', () => withManifest({}, CONFIG)],
  ])('%s: of %s', async (prefix, _, build) => {
    const path = await temporaryFile(build())
    for (const full of [false, true]) {
      await expect(inspect(`${prefix}:${path}`, { full })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    }
  })

  test('a path where nothing is', async () => {
    await expect(inspect('/nonexistent/app.tar')).rejects.toThrow(
      /^inspect \/nonexistent\/app\.tar: open: .*no such file/,
    )
  })

  test('one name for two images', async () => {
    const path = await temporaryFile(dockerArchive(image(), image({ files: ['other'] })))
    for (const full of [false, true]) {
      expect(await problemOf(inspect(path, { full }))).toContain('one name for two different images')
    }
  })
})

describe('a signal stops the work, and what it aborts with is thrown', () => {
  const REASON = new Error('enough')

  test.each<[string, InspectOptions]>([
    ['before it begins', {}],
    ['before layers are read', { full: true }],
  ])('%s', async (_, options) => {
    const path = await temporaryFile(dockerArchive(image()))
    await expect(inspect(path, { ...options, signal: AbortSignal.abort(REASON) })).rejects.toBe(REASON)
  })

  test('while layers are read', async () => {
    const controller = new AbortController()
    const options = { full: true, signal: controller.signal, onProgress: () => controller.abort(REASON) }
    await expect(inspect(await temporaryFile(dockerArchive(image())), options)).rejects.toBe(REASON)
  })

  test('while nothing arrives', async () => {
    const controller = new AbortController()
    const inspection = inspect(stalling(dockerArchive(image())), { signal: controller.signal })
    setTimeout(() => controller.abort(REASON), 20)
    await expect(inspection).rejects.toBe(REASON)
  })
})

/** Half of it, and then nothing, for ever. */
async function* stalling(archive: Buffer): Bytes {
  yield archive.subarray(0, archive.length / 2)
  await new Promise(() => {})
}

/** Why it is refused, or what is told of it instead. */
async function problemOf(inspection: Promise<Inspection>): Promise<string> {
  try {
    const { images, warnings } = await inspection
    return [...images.map(({ problem }) => problem), ...warnings.map(({ message }) => message)].join()
  } catch (error) {
    if (error instanceof ImageError) return error.message
    throw error
  }
}
