import { existsSync, rmSync } from 'node:fs'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { single } from '../../../src/bytes/bytes.js'
import { digestOf } from '../../../src/spec/digest.js'
import { canonicalJSON } from '../../../src/spec/json/canonical.js'
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../../src/spec/mediaTypes.js'
import type { Descriptor } from '../../../src/spec/parse.js'
import type { BlobSink } from '../../../src/store/blobSink.js'
import { readIndex } from '../../../src/store/layout/layoutFiles.js'
import { blobPath } from '../../../src/store/layout/layoutNames.js'
import { openLayoutSink } from '../../../src/store/layout/layoutSink.js'
import { noise } from '../../fixtures/bytes.js'
import { filesBelow, temporaryDirectory } from '../../fixtures/directory.js'
import { blobSinkSuite, type Place } from '../../suites/blobSink.js'

blobSinkSuite('a layout directory', async () => place(join(await temporaryDirectory(), 'layout')))

describe('a layout directory', () => {
  test('holds the three things of a layout after a commit, and nothing else', async () => {
    const path = await temporaryDirectory()
    const sink = await openLayoutSink(path)
    const root = await putManifest(sink, 'config')
    await sink.commit([root], (current) => ({ ...current, manifests: [root] }))
    await sink[Symbol.asyncDispose]()
    expect((await readdir(path)).sort()).toEqual(['blobs', 'index.json', 'oci-layout'])
    expect(await readFile(join(path, 'oci-layout'), 'utf8')).toBe('{"imageLayoutVersion":"1.0.0"}')
    expect(await readFile(join(path, 'index.json'), 'utf8')).toBe(
      `{"schemaVersion":2,"mediaType":"${OCI_INDEX}","manifests":[{"mediaType":"${OCI_MANIFEST}","digest":"${root.digest}","size":${root.size}}]}`,
    )
  })

  test('is gone again without a commit, with all parents that were made for it', async () => {
    const path = await temporaryDirectory()
    const sink = await openLayoutSink(join(path, 'a/b/c'))
    await sink.put(single(Buffer.from('text')))
    await sink[Symbol.asyncDispose]()
    expect(await readdir(path)).toEqual([])
  })

  test('stays without a commit if it was there before', async () => {
    const path = await temporaryDirectory()
    const sink = await openLayoutSink(path)
    await sink.put(single(Buffer.from('text')))
    await sink[Symbol.asyncDispose]()
    expect(await readdir(path)).toEqual([])
  })

  test('is refused where other things are, and these are left alone', async () => {
    const path = await temporaryDirectory()
    await writeFile(join(path, 'diary.txt'), 'mine')
    await expect(openLayoutSink(path)).rejects.toMatchObject({ code: 'EXISTS', found: 'diary.txt' })
    expect(await readdir(path)).toEqual(['diary.txt'])
  })

  test('is refused if its path is that of a file', async () => {
    const path = join(await temporaryDirectory(), 'file')
    await writeFile(path, 'text')
    await expect(openLayoutSink(path)).rejects.toMatchObject({ name: 'ImageError' })
    expect(await readFile(path, 'utf8')).toBe('text')
  })

  test('keeps fields of the index and files that are none of ours', async () => {
    const path = await temporaryDirectory()
    await mkdir(join(path, 'blobs'))
    await writeFile(join(path, 'oci-layout'), '{"imageLayoutVersion": "1.0.0"}\n')
    await writeFile(join(path, 'index.json'), '{"schemaVersion":2,"manifests":[],"annotations":{"a":"b"}}')
    await writeFile(join(path, 'README'), 'text')
    const sink = await openLayoutSink(path)
    const root = await putManifest(sink, 'config')
    await sink.commit([root], (current) => ({ ...current, manifests: [root] }))
    await sink[Symbol.asyncDispose]()
    expect(readIndex(join(path, 'index.json'))).toMatchObject({ annotations: { a: 'b' }, manifests: [root] })
    const files = await filesBelow(path)
    expect(files).toMatchObject({ README: 'text', 'oci-layout': '{"imageLayoutVersion": "1.0.0"}\n' })
  })

  test('notices that a blob went away between the look at it and the commit', async () => {
    const path = await temporaryDirectory()
    const root = await commitManifest(path, 'config')
    const config = join(path, blobPath(digestOf(Buffer.from('config'))))
    await using sink = await openLayoutSink(path)
    await putManifest(sink, 'config')
    const gone = sink.commit([root], (current) => {
      rmSync(config)
      return current
    })
    await expect(gone).rejects.toMatchObject({ code: 'INTEGRITY', where: digestOf(Buffer.from('config')) })
  })

  test('replaces a blob that has another size than its name says', async () => {
    const path = await temporaryDirectory()
    const root = await commitManifest(path, 'config')
    const config = join(path, blobPath(digestOf(Buffer.from('config'))))
    await writeFile(config, 'con')
    expect(await commitManifest(path, 'config')).toEqual(root)
    expect(await readFile(config, 'utf8')).toBe('config')
  })

  test('keeps large blobs whole', async () => {
    const path = await temporaryDirectory()
    const bytes = noise(3 * 1024 * 1024 + 5)
    const sink = await openLayoutSink(path)
    const root = await putManifest(sink, bytes)
    await sink.commit([root], (current) => ({ ...current, manifests: [root] }))
    await sink[Symbol.asyncDispose]()
    const blob = join(path, blobPath(digestOf(bytes)))
    expect((await readFile(blob)).equals(bytes)).toBe(true)
    expect((await stat(blob)).mode & 0o600).toBe(0o600)
  })
})

async function commitManifest(path: string, config: string): Promise<Descriptor> {
  await using sink = await openLayoutSink(path)
  const root = await putManifest(sink, config)
  await sink.commit([root], (current) => ({ ...current, manifests: [root] }))
  return root
}

async function putManifest(sink: BlobSink, config: string | Buffer): Promise<Descriptor> {
  const { digest, size } = await sink.put(single(Buffer.from(config)))
  const bytes = canonicalJSON({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: OCI_CONFIG, digest, size },
    layers: [],
  })
  return { mediaType: OCI_MANIFEST, ...(await sink.put(single(bytes))) }
}

function place(path: string): Place {
  return {
    open: () => openLayoutSink(path),
    index: () => Promise.resolve(readIndex(join(path, 'index.json'))),
    blobs: async () => {
      if (!existsSync(path)) return new Map()
      const files = Object.entries(await filesBelow(path)).flatMap(([name, bytes]) => {
        const [, algorithm, hex] = /^blobs\/(\w+)\/(\w+)$/.exec(name) ?? []
        return hex === undefined ? [] : [[`${algorithm}:${hex}`, Buffer.from(bytes, 'latin1')] as const]
      })
      return new Map(files)
    },
  }
}
