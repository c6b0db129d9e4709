import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { convert, type ImageReport } from '../../src/index.js'
import { digestOf } from '../../src/spec/digest.js'
import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerEntries, type Image } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'
import { describeWith, run, testWith } from './engine.js'
import { CONTAINERDS } from './engines.js'

const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url))
const samples = (await readdir(SAMPLES)).filter((name) => name.endsWith('.tar'))

describe.each(samples)('the layout made of %s', (sample) => {
  testWith('skopeo')('gives skopeo the same manifests and configs', async () => {
    const { layout, images } = await converted(join(SAMPLES, sample))
    for (const { digest, config, reference } of images) {
      const place = `oci:${layout}:${tagOf(reference)}`
      expect(digestOf(Buffer.from(await run('skopeo', 'inspect', '--raw', place)))).toBe(digest)
      if (config === null) continue
      expect(digestOf(Buffer.from(await run('skopeo', 'inspect', '--raw', '--config', place)))).toBe(config)
    }
  })

  testWith('podman')('gives podman the image by its ID', async () => {
    const { layout, images } = await converted(join(SAMPLES, sample), { onePlatform: true })
    for (const image of images) expect(await podmanPull(layout, image)).toBe(image.config)
  })

  testWith('umoci')('gives umoci a bundle', async () => {
    const { layout, images } = await converted(join(SAMPLES, sample), { onePlatform: true })
    const bundle = join(await temporaryDirectory(), 'bundle')
    await run('umoci', 'unpack', '--image', `${layout}:${tagOf(images[0]?.reference)}`, bundle)
    expect(await readdir(join(bundle, 'rootfs'))).not.toEqual([])
  })
})

testWith('umoci')('whiteouts, links and modes reach the file system', async () => {
  for (const layers of ['keep', 'gzip'] as const) {
    const layout = join(await temporaryDirectory(), 'layout')
    await convert(await temporaryFile(tar(dockerEntries([layered()]))), layout, { layers })
    const bundle = join(await temporaryDirectory(), 'bundle')
    await run('umoci', 'unpack', '--image', `${layout}:v1`, bundle)
    const rootfs = join(bundle, 'rootfs')
    expect(existsSync(join(rootfs, 'etc/gone'))).toBe(false)
    expect(await readFile(join(rootfs, 'etc/link'), 'utf8')).toBe('kept')
    expect((await stat(join(rootfs, 'etc/hard'))).ino).toBe((await stat(join(rootfs, 'etc/kept'))).ino)
    expect((await stat(join(rootfs, 'etc/setuid'))).mode & 0o7777).toBe(0o4755)
  }
})

testWith('podman')('podman takes layers of every compression', async () => {
  for (const layers of ['keep', 'gzip', 'zstd'] as const) {
    const layout = join(await temporaryDirectory(), 'layout')
    const { images } = await convert(await temporaryFile(tar(dockerEntries([layered()]))), layout, { layers })
    for (const image of images) expect(await podmanPull(layout, image)).toBe(image.config)
  }
})

for (const kind of CONTAINERDS) {
  describeWith(kind, (containerd) => {
    test('containerd imports the layout, by the names that it was given', async () => {
      const { layout } = await converted(join(SAMPLES, 'docker-28-containerd.tar'))
      const archive = join(await temporaryDirectory(), 'layout.tar')
      await run('tar', '-C', layout, '-cf', archive, 'blobs', 'index.json', 'oci-layout')
      await containerd().load(archive)
      const listed = (await containerd().images()).flatMap(({ names, digest }) => names.map((name) => [name, digest]))
      const { manifests } = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8'))
      for (const { annotations, digest } of manifests) {
        expect(listed).toContainEqual([annotations['io.containerd.image.name'], digest])
      }
    })
  })
}

/** A layout made of an archive, and what is in it; on demand of one platform where there are several. */
async function converted(
  archive: string,
  { onePlatform = false } = {},
): Promise<{ layout: string; images: ImageReport[] }> {
  const layout = join(await temporaryDirectory(), 'layout')
  const { images } = await convert(archive, layout)
  const platform = images[0]?.manifests?.[0]?.platform
  if (!onePlatform || platform == null) return { layout, images }
  const narrowed = join(await temporaryDirectory(), 'layout')
  return { layout: narrowed, ...(await convert(archive, narrowed, { platforms: [platform] })) }
}

/** What podman says the image's ID is, after it has taken its layers apart. */
async function podmanPull(layout: string, { reference, platform }: ImageReport): Promise<string> {
  const store = await temporaryDirectory()
  const podman = ['--root', join(store, 'root'), '--runroot', join(store, 'run'), '--storage-driver', 'vfs']
  const arch = platform?.split('/')[1] ?? ''
  return `sha256:${await run('podman', ...podman, 'pull', '-q', '--arch', arch, `oci:${layout}:${tagOf(reference)}`)}`
}

function tagOf(reference: string | null | undefined): string {
  return reference?.slice(reference.lastIndexOf(':') + 1) ?? ''
}

/** An image whose second layer removes a file of the first. */
function layered(): Image {
  const layers = [
    tar([
      { name: 'etc/', type: '5' },
      { name: 'etc/gone', content: 'gone' },
      { name: 'etc/kept', content: 'kept' },
      { name: 'etc/hard', type: '1', linkTarget: 'etc/kept' },
      { name: 'etc/link', type: '2', linkTarget: 'kept' },
      { name: 'etc/setuid', mode: 0o4755, content: 'x' },
    ]),
    tar([{ name: 'etc/.wh.gone', content: '' }]),
  ]
  const rootfs = { type: 'layers', diff_ids: layers.map((layer) => digestOf(layer)) }
  return {
    tags: ['layered:v1'],
    layers,
    config: canonicalJSON({ architecture: 'amd64', os: 'linux', config: {}, rootfs }),
  }
}
