import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { ArchiveFormat, LayerChoice } from '../../src/index.js'
import { digestOf } from '../../src/spec/digest.js'
import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { newLayout } from '../fixtures/archives.js'
import {
  addImage,
  addIndex,
  dockerArchive,
  type Image,
  image,
  layoutEntries,
  nameAnnotations,
} from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'
import { PLATFORM } from './expected.js'
import { once } from './once.js'

/** An archive for engines. */
export interface Sample {
  name: string
  /** Where it is, or its bytes. */
  archive: string | (() => Buffer)
  /** How its layers are stored in the layout that is made of it. */
  layers?: LayerChoice
  /** What happens to its layers on the way from there into an archive; nothing if absent. */
  rewritten?: LayerChoice
  /** What it can be written as; everything if absent. */
  formats?: readonly ArchiveFormat[]
}

const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url))
const [os = '', architecture = ''] = PLATFORM.split('/')

/** What real tools wrote: the samples, and what the directory has that TRANSLOAD_CORPUS names. */
export const WRITTEN: readonly Sample[] = [SAMPLES, process.env.TRANSLOAD_CORPUS ?? ''].flatMap((directory) =>
  directory === '' ? [] : archivesIn(directory),
)

/** What is made here, each with a command that runs. */
export const MADE: readonly Sample[] = [
  { name: 'an image with all that a config can say', archive: () => dockerArchive(greeting('all', EVERYTHING)) },
  { name: 'two images with a layer in common and several tags', archive: twoImages },
  { name: 'an untagged image', archive: () => dockerArchive({ ...greeting('untagged'), tags: null }) },
  { name: 'a tagged and an untagged image', archive: taggedAndUntagged },
  { name: 'a layer twice in one image', archive: repeatedLayer },
  { name: 'several platforms', archive: () => platforms() },
  // Docker itself does not export one in the other formats.
  {
    name: 'an image without layers',
    archive: () => dockerArchive(image({ files: [], config: { os, architecture } })),
    formats: ['docker', 'oci'],
  },
  { name: 'gzip layers', archive: () => dockerArchive(greeting('gzip')), layers: 'gzip' },
  { name: 'zstd layers', archive: () => dockerArchive(greeting('zstd')), layers: 'zstd' },
  {
    name: 'zstd layers that become gzip layers',
    archive: () => dockerArchive(greeting('recompressed')),
    layers: 'zstd',
    rewritten: 'gzip',
    formats: ['docker', 'oci'],
  },
]

/** What Docker saves after it pulled one platform alone: of the other one the manifest is there, and no more. */
export const PARTIAL: Sample = {
  name: 'a platform that is whole beside one that is not',
  archive: () => platforms({ isPartial: true }),
}

/** An image whose command prints `hello from NAME`, which stands in its last layer. */
function greeting(name: string, stated: Record<string, unknown> = {}): Image {
  return runnable([BUSYBOX(), greetingLayer(name)], [`${name}:v1`], {
    Labels: { prints: `hello from ${name}` },
    ...stated,
  })
}

/** A layer that has the text. */
export function greetingLayer(name: string): Buffer {
  const content = `hello from ${name}`
  return tar([
    { name: 'etc/', type: '5' },
    { name: 'etc/greeting', content },
  ])
}

/** Whether images that run can be made here. */
export const hasBusybox = () => busybox() !== undefined

/** A layer with busybox. */
export const BUSYBOX = once(() =>
  tar([
    { name: 'bin/', type: '5' },
    { name: 'bin/busybox', content: busybox() ?? '', mode: 0o755 },
    { name: 'tmp/', type: '5', mode: 0o1777 },
  ]),
)

/** An image that prints /etc/greeting, unless the config says otherwise. */
export function runnable(layers: Buffer[], tags: string[] | null, stated: Record<string, unknown> = {}): Image {
  const config = { Cmd: ['/bin/busybox', 'cat', '/etc/greeting'], Env: ['PATH=/bin'], ...stated }
  const rootfs = { type: 'layers', diff_ids: layers.map((layer) => digestOf(layer)) }
  const created = '2024-02-29T12:34:56.789Z'
  return { tags, layers, config: canonicalJSON({ architecture, os, created, config, rootfs }) }
}

/** Every field that a Dockerfile can set, with text that JSON writers do not agree on. */
const EVERYTHING = {
  User: '1000:1000',
  ExposedPorts: { '80/tcp': {}, '53/udp': {} },
  Env: ['PATH=/bin', 'AMPERSAND=a<b>&c', 'SEPARATOR=\u2028\u2029', 'WORDS=żółć 目录 😀', 'QUOTES="\\'],
  Entrypoint: ['/bin/busybox'],
  Cmd: ['cat', '/etc/greeting'],
  Healthcheck: { Test: ['CMD-SHELL', 'true && echo "<ok>"'], Interval: 30_000_000_000, Retries: 3 },
  Volumes: { '/data': {}, '/vol<&>': {} },
  WorkingDir: '/tmp',
  OnBuild: ['RUN echo "<built>" && true'],
  Labels: { prints: 'hello from all', a: 'first', html: '<a href="x">&amp;</a>', 'org.example/ü': '\u2028' },
  StopSignal: 'SIGUSR1',
  Shell: ['/bin/busybox', 'sh', '-c'],
}

function twoImages(): Buffer {
  const tags = ['one:v1', 'one:latest', 'registry.example.com:5000/team/one:2']
  const one = runnable([BUSYBOX(), greetingLayer('one')], tags, { Labels: { prints: 'hello from one' } })
  const layers = [BUSYBOX(), greetingLayer('one'), greetingLayer('two')]
  return dockerArchive(one, runnable(layers, ['team/two:v1'], { Labels: { prints: 'hello from two' } }))
}

function taggedAndUntagged(): Buffer {
  return dockerArchive(greeting('tagged'), { ...greeting('untagged'), tags: null })
}

function repeatedLayer(): Buffer {
  const layers = [BUSYBOX(), greetingLayer('first'), greetingLayer('between'), greetingLayer('first')]
  return dockerArchive(runnable(layers, ['repeated:v1'], { Labels: { prints: 'hello from first' } }))
}

/** This machine's platform and another, whose image is not for running. */
function platforms({ isPartial = false } = {}): Buffer {
  const layout = newLayout()
  const strange = architecture === 'arm64' ? 'amd64' : 'arm64'
  const own = { ...addImage(layout, greeting('platforms')), platform: { architecture, os } }
  const foreign = image({ files: ['foreign'], config: { architecture: strange, os } })
  const other = { ...addImage(layout, foreign), platform: { architecture: strange, os } }
  if (isPartial)
    for (const part of [foreign.config, ...foreign.layers.map((layer) => gzipSync(layer))])
      layout.blobs.delete(digestOf(part))
  const root = addIndex(layout, [other, own])
  layout.manifests.push({ ...root, annotations: nameAnnotations('docker.io/library/platforms:v1') })
  return tar(layoutEntries(layout))
}

/** The busybox of this machine, if it needs no libraries. */
const busybox = once((): Buffer | undefined => {
  const path = spawnSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).stdout.trim()
  if (path === '') return undefined
  const program = readFileSync(path)
  return program.includes('/ld-') ? undefined : program
})

function archivesIn(directory: string): Sample[] {
  const names = readdirSync(directory).filter((name) => name.endsWith('.tar'))
  return names.sort().map((name) => ({ name, archive: join(directory, name) }))
}
