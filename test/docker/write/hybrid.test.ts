import { describe, expect, test } from 'vitest'
import type { Pool } from '../../../src/archive/output/pool.js'
import { hybridEntries } from '../../../src/docker/write/hybrid.js'
import { digestOf, hexOf } from '../../../src/spec/digest.js'
import { canonicalJSON } from '../../../src/spec/json/canonical.js'
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../../src/spec/mediaTypes.js'
import type { Descriptor, Index } from '../../../src/spec/parse.js'
import { GraphWalks } from '../../../src/store/walks.js'
import type { TarSource } from '../../../src/tar/write.js'
import { addPlatforms, NAME, newLayout } from '../../fixtures/archives.js'
import { collect } from '../../fixtures/bytes.js'
import { exportImage, poolOf } from '../../fixtures/exporting.js'
import { addBlob, addImage, image, type Layout, nameAnnotations } from '../../fixtures/image.js'

describe('a layout in a tar', () => {
  test('has its blobs in the order of their names, each once, and the tables', async () => {
    const { layout, index } = hybrid()
    const entries = await hybridEntries(index, await walked(poolOf(layout.blobs.values())), [])
    const blobs = [...layout.blobs.keys()].map((digest) => `blobs/sha256/${hexOf(digest)}`).sort()
    expect(entries.map(({ path }) => path)).toEqual([
      'blobs/',
      'blobs/sha256/',
      ...blobs,
      'index.json',
      'manifest.json',
      'oci-layout',
    ])
  })

  test('has the modes that containerd gives, no times and no owners', async () => {
    const { layout, index } = hybrid()
    const entries = await hybridEntries(index, await walked(poolOf(layout.blobs.values())), [])
    expect(entries).not.toEqual([])
    const modes: Record<string, number> = {
      'blobs/': 0o755,
      'blobs/sha256/': 0o755,
      'index.json': 0o644,
      'manifest.json': 0o644,
    }
    for (const { path, mode, mtime, owner, type } of entries) {
      expect([path, mode]).toEqual([path, modes[path] ?? 0o444])
      expect([type, mtime, owner]).toEqual([path.endsWith('/') ? 'directory' : 'file', 0, undefined])
    }
  })

  test('has its index as it is given, and blobs that are what their names say', async () => {
    const { layout, index } = hybrid()
    const entries = await hybridEntries(index, await walked(poolOf(layout.blobs.values())), undefined)
    expect(await contentOf(entries, 'index.json')).toEqual(canonicalJSON(index))
    expect((await contentOf(entries, 'oci-layout')).toString()).toBe('{"imageLayoutVersion":"1.0.0"}')
    for (const [digest, bytes] of layout.blobs) {
      expect(await contentOf(entries, `blobs/sha256/${hexOf(digest)}`)).toEqual(bytes)
    }
  })

  test('has a directory an algorithm', async () => {
    const layout = newLayout()
    const config = addBlob(layout, image().config, OCI_CONFIG)
    const manifest = canonicalJSON({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [] })
    const digest = digestOf(manifest, 'sha512')
    const pool = await poolOf(layout.blobs.values())
    const open = async function* (start = 0) {
      yield await Promise.resolve(manifest.subarray(start))
    }
    pool.leaveInPlace({ claim: { digest, size: manifest.length }, open })
    const entries = await hybridEntries(
      indexOf({ mediaType: OCI_MANIFEST, digest, size: manifest.length }),
      await walked(pool),
      [],
    )
    expect(entries.map(({ path }) => path).slice(0, 5)).toEqual([
      'blobs/',
      'blobs/sha256/',
      `blobs/sha256/${hexOf(config.digest)}`,
      'blobs/sha512/',
      `blobs/sha512/${hexOf(digest)}`,
    ])
  })

  test('may lack images of an index that are not there, and layers that are elsewhere', async () => {
    const layout = newLayout()
    const { root, arm64 } = addPlatforms(layout)
    layout.blobs.delete(arm64.digest)
    const away = { digest: digestOf(Buffer.from('away')), size: 4, urls: ['https://example.com'] }
    const foreign = { mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar', ...away }
    const config = addBlob(layout, image().config, OCI_CONFIG)
    const document = canonicalJSON({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [foreign] })
    const windows = addBlob(layout, document, OCI_MANIFEST)
    const entries = await hybridEntries(indexOf(root, windows), await walked(poolOf(layout.blobs.values())), undefined)
    const paths = entries.map(({ path }) => path)
    expect(paths).toContain(`blobs/sha256/${hexOf(root.digest)}`)
    expect(paths).toContain(`blobs/sha256/${hexOf(windows.digest)}`)
    for (const { digest } of [arm64, foreign]) expect(paths).not.toContain(`blobs/sha256/${hexOf(digest)}`)
  })

  test('may not lack anything else', async () => {
    const layout = newLayout()
    const entry = addImage(layout, image())
    layout.blobs.delete(digestOf(image().config))
    const entries = async () => {
      const all = await hybridEntries(indexOf(entry), await walked(poolOf(layout.blobs.values())), undefined)
      for (const { content } of all) if (content !== undefined) await collect(content(0))
    }
    await expect(entries()).rejects.toMatchObject({ code: 'NOT_FOUND', where: digestOf(image().config) })
  })
})

describe('manifest.json', () => {
  test('lists images by the paths of their blobs, byte for byte as containerd', async () => {
    const made = image()
    const exporting = [exportImage(made, [NAME, 'docker.io/team/app:v2']), exportImage(image({ files: [] }))]
    const entries = await hybridEntries(indexOf(), await walked(poolOf([])), exporting)
    const path = (bytes: Buffer) => `"blobs/sha256/${hexOf(digestOf(bytes))}"`
    expect((await contentOf(entries, 'manifest.json')).toString()).toBe(
      `[{"Config":${path(made.config)},"RepoTags":["app:v1","team/app:v2"],"Layers":[${made.layers.map(path)}]},{"Config":${path(image({ files: [] }).config)},"RepoTags":null,"Layers":null}]`,
    )
  })

  test('is not there in a plain layout', async () => {
    const entries = await hybridEntries(indexOf(), await walked(poolOf([])), undefined)
    expect(entries.map(({ path }) => path)).toEqual(['blobs/', 'index.json', 'oci-layout'])
  })
})

function hybrid(): { layout: Layout; index: Index } {
  const layout = newLayout()
  const { root, amd64 } = addPlatforms(layout)
  return { layout, index: indexOf({ ...root, annotations: nameAnnotations(NAME) }, amd64) }
}

function indexOf(...manifests: Descriptor[]): Index {
  return { schemaVersion: 2, mediaType: OCI_INDEX, manifests }
}

async function contentOf(entries: readonly TarSource[], path: string): Promise<Buffer> {
  const content = entries.find((entry) => entry.path === path)?.content
  return content === undefined ? expect.unreachable(`${path} is not there`) : collect(content(0))
}

/** A pool, and walks over it. */
async function walked(opening: Pool | Promise<Pool>) {
  const pool = await opening
  return { pool, walks: new GraphWalks(pool) }
}
