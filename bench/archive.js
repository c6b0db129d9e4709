// Makes the archive that is measured: a docker save archive whose layers are this machine's own files.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/** What images are made of: programs, libraries, text, headers. */
const DIRECTORIES = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/bin',
  '/usr/lib/gcc',
  '/usr/include',
  '/usr/share',
  '/usr/local',
  '/usr/lib',
  '/opt',
]

/** Path of an archive of at least `bytes` bytes of layers; made once. */
export function archiveOf(bytes, cache) {
  const path = join(cache, `${bytes}.tar`)
  if (existsSync(path)) return path
  const work = `${path}.making`
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  const layers = makeLayers(work, bytes)
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffID }) => diffID) },
    }),
  )
  const configName = `${createHash('sha256').update(config).digest('hex')}.json`
  writeFileSync(join(work, configName), config)
  writeFileSync(
    join(work, 'manifest.json'),
    JSON.stringify([{ Config: configName, RepoTags: ['bench:latest'], Layers: layers.map(({ name }) => name) }]),
  )
  execFileSync('tar', [
    '-C',
    work,
    '-cf',
    `${path}.tmp`,
    ...layers.map(({ name }) => name),
    configName,
    'manifest.json',
  ])
  renameSync(`${path}.tmp`, path)
  rmSync(work, { recursive: true })
  return path
}

/** Paths of the config and the layers of a layout's first image, the lowest layer first. */
export function blobsOf(layout) {
  const blob = ({ digest }) => join(layout, 'blobs', digest.replace(':', '/'))
  const [entry] = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests
  const { config, layers } = JSON.parse(readFileSync(blob(entry), 'utf8'))
  return { config: blob(config), layers: layers.map(blob) }
}

/** Path of the same archive with the gzip layers of a layout that was made of it; made once. */
export function withGzipLayers(archive, layout, cache) {
  const path = `${archive.replace(/\.tar$/, '')}.gzip.tar`
  if (existsSync(path)) return path
  const work = join(cache, 'gzip.making')
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work)
  const { config, layers } = blobsOf(layout)
  const names = layers.map((_, at) => `${at}.tar.gz`)
  for (const [at, layer] of layers.entries()) symlinkSync(layer, join(work, names[at]))
  symlinkSync(config, join(work, 'config.json'))
  const items = [{ Config: 'config.json', RepoTags: ['bench:latest'], Layers: names }]
  writeFileSync(join(work, 'manifest.json'), JSON.stringify(items))
  execFileSync('tar', ['-C', work, '-chf', `${path}.tmp`, ...names, 'config.json', 'manifest.json'])
  renameSync(`${path}.tmp`, path)
  rmSync(work, { recursive: true })
  return path
}

/** One layer a directory, until there is enough; every layer at most half of what is asked for. */
function makeLayers(work, bytes) {
  const layers = []
  let total = 0
  for (const directory of DIRECTORIES.filter((path) => existsSync(path))) {
    for (const part of partsOf(directory, bytes / 2)) {
      if (total >= bytes) return layers
      const name = `${layers.length}.tar`
      execFileSync('tar', ['--sort=name', '--ignore-failed-read', '-cf', join(work, name), ...part], {
        stdio: ['ignore', 'ignore', 'ignore'],
      })
      layers.push({ name, diffID: `sha256:${sha256(join(work, name))}` })
      total += statSync(join(work, name)).size
    }
  }
  if (total < bytes) throw new Error(`this machine has only ${total} bytes of files to make an archive of`)
  return layers
}

/** A directory's entries in groups of at most so many bytes. */
function partsOf(directory, bytes) {
  const parts = [[]]
  let size = 0
  for (const name of readdirSync(directory).sort()) {
    const path = join(directory, name)
    const own = Number(
      execFileSync('du', ['-sb', path], { stdio: ['ignore', 'pipe', 'ignore'] })
        .toString()
        .split('\t')[0],
    )
    if (size + own > bytes && size > 0) {
      parts.push([])
      size = 0
    }
    parts.at(-1).push(path)
    size += own
  }
  return parts.filter((part) => part.length > 0)
}

function sha256(path) {
  const file = openSync(path)
  const hash = createHash('sha256')
  const buffer = Buffer.alloc(1 << 20)
  for (let length = readSync(file, buffer); length > 0; length = readSync(file, buffer))
    hash.update(buffer.subarray(0, length))
  closeSync(file)
  return hash.digest('hex')
}
