import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { convert } from '../../../src/commands/convert.js'
import { ARCHIVE_FORMATS, type ArchiveFormat } from '../../../src/spec/archiveFormat.js'
import { digestOf, hexOf } from '../../../src/spec/digest.js'
import { canonicalJSON } from '../../../src/spec/json/canonical.js'
import { OCI_CONFIG, OCI_MANIFEST, ociLayerType } from '../../../src/spec/mediaTypes.js'
import type { Descriptor } from '../../../src/spec/parse.js'
import { archiveOf, newLayout } from '../../fixtures/archives.js'
import { noise } from '../../fixtures/bytes.js'
import { temporaryDirectory, temporaryFile } from '../../fixtures/directory.js'
import { addBlob, dockerArchive, image, layoutEntries } from '../../fixtures/image.js'
import { DOORS } from '../../fixtures/layout.js'
import { tar } from '../../fixtures/tar.js'

const CLASSIC: ArchiveFormat[] = ['docker-25', 'docker-legacy']
const made = image({ files: ['one', noise(50_000).toString('hex')] })
const [lower = Buffer.alloc(0), upper = Buffer.alloc(0)] = made.layers

/** An archive that lies. */
interface Lie {
  make: () => Buffer
  code: string
  /** Formats that cannot but notice; all if absent. */
  formats?: readonly ArchiveFormat[]
  /** All if absent. */
  doors?: readonly string[]
}

const LIES: Record<string, Lie> = {
  'gzip that says another size than it has': {
    make: () => oci([lower, resized(gzipSync(upper))]),
    code: 'FORMAT',
    formats: CLASSIC,
  },
  'gzip with other bytes in its middle': {
    make: () => oci([lower, garbled(gzipSync(upper))]),
    code: 'FORMAT',
    formats: CLASSIC,
  },
  'gzip with something after it': {
    make: () => oci([lower, Buffer.concat([gzipSync(upper), Buffer.from('something')])]),
    code: 'FORMAT',
    formats: CLASSIC,
  },
  'a compressed layer that is another': {
    make: () => oci([lower, gzipSync(lower)]),
    code: 'INTEGRITY',
    formats: CLASSIC,
  },
  'a plain layer that is another': { make: () => oci([lower, tar([{ name: 'x' }])]), code: 'INTEGRITY' },
  'a layer with other bytes than its name says': { make: () => misnamed(gzipSync(upper)), code: 'INTEGRITY' },
  'a config with other bytes than its name says': { make: () => misnamed(made.config), code: 'INTEGRITY' },
  'a layer of a larger size': {
    make: () => oci([lower, gzipSync(upper)], { more: 1 }),
    code: 'INTEGRITY',
  },
  'a layer of a smaller size': {
    make: () => oci([lower, gzipSync(upper)], { more: -1 }),
    code: 'INTEGRITY',
  },
  'two sizes of one layer': {
    make: () => lopsided(lower, { more: 512 }),
    code: 'INTEGRITY',
  },
  'a layer that is not there': { make: lacking, code: 'NOT_FOUND' },
  'fewer layers than diffIDs': { make: () => oci([lower]), code: 'INTEGRITY' },
  'a docker archive with another layer': { make: () => docker([lower, lower]), code: 'INTEGRITY' },
  'a docker archive with another gzip layer': { make: () => docker([lower, gzipSync(lower)]), code: 'INTEGRITY' },
  'a docker archive with a damaged layer': { make: () => docker([lower, resized(gzipSync(upper))]), code: 'FORMAT' },
  'a docker archive without a layer': { make: () => docker([lower]), code: 'NOT_FOUND' },
  'a docker archive that was cut off': {
    make: () => dockerArchive(made).subarray(0, 20_000),
    code: 'FORMAT',
    doors: ['file', 'pipe'],
  },
  'manifest.json with another layer than index.json': {
    make: () => lopsided(tar([{ name: 'x' }])),
    code: 'INTEGRITY',
  },
  'manifest.json with another layer than index.json, where that has it compressed': {
    make: () => lopsided(tar([{ name: 'x' }]), { isCompressed: true }),
    code: 'INTEGRITY',
  },
}

describe.each(Object.entries(LIES))('%s', (_, { make, code, formats = ARCHIVE_FORMATS, doors }) => {
  const ways = formats.flatMap((format) => (doors ?? Object.keys(DOORS)).map((door) => [format, door] as const))

  test.each(ways)('is refused, and nothing is left: %s, by %s', async (format, door) => {
    const root = await temporaryDirectory()
    const from = (await DOORS[door]?.(make())) ?? ''
    await expect(convert(from, join(root, 'out.tar'), { format })).rejects.toMatchObject({ name: 'ImageError', code })
    expect(await readdir(root)).toEqual([])
  })

  test.each(formats)('is refused to a stream too: %s', async (format) => {
    const converting = convert(await temporaryFile(make()), new PassThrough().resume(), { format })
    await expect(converting).rejects.toMatchObject({ name: 'ImageError', code })
  })

  test.each(formats)('leaves a file as it was that force would have replaced: %s', async (format) => {
    const root = await temporaryDirectory()
    const path = join(root, 'out.tar')
    await writeFile(path, 'mine')
    const converting = convert(await temporaryFile(make()), path, { format, force: true })
    await expect(converting).rejects.toMatchObject({ name: 'ImageError', code })
    expect([await readFile(path, 'utf8'), await readdir(root)]).toEqual(['mine', ['out.tar']])
  })
})

/** A layout of the image whose layers are these bytes; the last is said to be `more` bytes longer. */
function oci(layers: readonly Buffer[], { more = 0 } = {}): Buffer {
  return tar(layoutEntries(layoutOf(layers, more)))
}

function layoutOf(layers: readonly Buffer[], more = 0) {
  const layout = newLayout()
  const descriptors = layers.map((bytes): Descriptor => {
    return addBlob(layout, bytes, ociLayerType(bytes[0] === 0x1f ? 'gzip' : 'none'))
  })
  const last = descriptors.at(-1)
  if (last !== undefined) last.size += more
  const config = addBlob(layout, made.config, OCI_CONFIG)
  const document = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: descriptors }
  layout.manifests.push(addBlob(layout, canonicalJSON(document), OCI_MANIFEST))
  return layout
}

function misnamed(blob: Buffer): Buffer {
  const layout = layoutOf([lower, gzipSync(upper)])
  const bytes = Buffer.from(blob)
  // Of gzip, the system that it was made on: what comes out of it is the same.
  bytes.writeUInt8((bytes[9] ?? 0) ^ 1, 9)
  layout.blobs.set(digestOf(blob), bytes)
  return tar(layoutEntries(layout))
}

function lacking(): Buffer {
  const layout = layoutOf([lower, gzipSync(upper)])
  layout.blobs.delete(digestOf(gzipSync(upper)))
  return tar(layoutEntries(layout))
}

/** A docker archive of the image, with these layers. */
function docker(layers: readonly Buffer[]): Buffer {
  const paths = made.layers.map((_, at) => `${at}/layer.tar`)
  return archiveOf(
    made,
    paths,
    layers.map((bytes, at) => ({ name: paths[at] ?? '', content: bytes })),
  )
}

/** An archive whose manifest.json has for the last layer another file than index.json, with this content. */
function lopsided(other: Buffer, { more = 0, isCompressed = false } = {}): Buffer {
  const own = image({ files: ['one'] })
  const layout = newLayout()
  const plain = own.layers[0] ?? Buffer.alloc(0)
  const layer = addBlob(layout, isCompressed ? gzipSync(plain) : plain, ociLayerType(isCompressed ? 'gzip' : 'none'))
  layer.size += more
  const config = addBlob(layout, own.config, OCI_CONFIG)
  const document = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] }
  layout.manifests.push(addBlob(layout, canonicalJSON(document), OCI_MANIFEST))
  const Config = `blobs/sha256/${hexOf(config.digest)}`
  const table = JSON.stringify([{ Config, RepoTags: ['app:v1'], Layers: ['layer.tar'] }])
  return tar([
    ...layoutEntries(layout),
    { name: 'layer.tar', content: other },
    { name: 'manifest.json', content: table },
  ])
}

function resized(gzip: Buffer): Buffer {
  gzip.writeUInt32LE(gzip.readUInt32LE(gzip.length - 4) + 512, gzip.length - 4)
  return gzip
}

function garbled(gzip: Buffer): Buffer {
  const middle = Math.floor(gzip.length / 2)
  return gzip.fill(0xff, middle, middle + 20)
}
