import { createWriteStream, type Stats } from 'node:fs'
import { readlink, realpath, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import type { Context } from './bytes/context.js'
import { openFifo } from './bytes/fifo.js'
import type { Arrival, Destination } from './destination.js'
import { type ExportOptions, exportImages } from './docker/export.js'
import { dockerNames } from './image/dockerNames.js'
import type { NewEntry } from './image/rename.js'
import { isStandardOutput, type Place, stemOf } from './places.js'
import { type ImageReport, reportsOf } from './report.js'
import type { Compression } from './spec/compression.js'
import { attempt, ImageError, isSystemError } from './spec/errors.js'
import { OCI_INDEX } from './spec/mediaTypes.js'
import type { Descriptor, Index } from './spec/parse.js'
import { existsAlready, openFileOutput } from './store/fileOutput.js'
import { mergeEntries, warnOfTaken } from './store/merge.js'
import type { Output } from './store/output.js'
import { Pool } from './store/pool.js'
import { openStreamOutput } from './store/streamOutput.js'

/** What an archive is written with. */
export interface ArchiveOptions {
  context: Context
  signal?: AbortSignal
  /** Whether a file that exists may be replaced. */
  force: boolean
  exporting: Omit<ExportOptions, 'warn'>
}

/** An archive: a file, or a stream. */
export async function openArchiveDestination(to: Place | Writable, options: ArchiveOptions): Promise<Destination> {
  const output = await openOutput(to, options)
  const pool = new Pool(() => output.spool(), options.context)
  const path = 'transport' in to ? to.path : '-'
  return {
    pool,
    get bytesWritten() {
      return pool.bytesWritten + output.bytesWritten
    },
    finish: (arrival) => attempt(`write ${path}`, () => write(arrival, { pool, output, path }, options)),
    [Symbol.asyncDispose]: () => output[Symbol.asyncDispose](),
  }
}

interface Work {
  pool: Pool
  output: Output
  path: string
}

async function write(
  arrival: Arrival,
  { pool, output, path }: Work,
  { context, exporting }: ArchiveOptions,
): Promise<ImageReport[]> {
  const repository = arrival.repository ?? stemOf(path)
  const { warn } = context
  const renamed = arrival.rename(repository)
  const isLayout = exporting.format === 'oci'
  const named = isLayout ? renamed : await dockerNames(renamed, { repository, warn, pool })
  const index = isLayout ? layoutIndex(named, arrival, context) : dockerIndex(named, arrival.shell)
  const written = await exportImages(index, { pool, output, context }, { ...exporting, warn })
  await output.commit()
  const origins = new Map(named.map(({ entry, from }) => [entry.digest, from]))
  // Names that the archive itself does not say are those that it gives to its reader.
  const own = isLayout ? stemOf(path) : repository
  const arrived = written.map(({ entry, root }) => ({ entry, from: origins.get(root) ?? null }))
  return reportsOf(arrived, { source: pool, repository: own })
}

/** The index of a new layout: the source's entries as they are, and what it had none for as if it were added. */
function layoutIndex(entries: readonly NewEntry[], { shell, isRenamed }: Arrival, { warn }: Context): Index {
  const isVerbatim = ({ from }: NewEntry) => from !== null && !isRenamed
  const copied = entries.filter(isVerbatim).map(({ entry }) => entry)
  const added = entries.filter((one) => !isVerbatim(one)).map(({ entry }) => entry)
  const onTaken = (entry: Descriptor) => warnOfTaken(entry, warn)
  return mergeEntries({ ...(shell ?? NEW_INDEX), manifests: copied }, added, { repository: undefined, onTaken })
}

/** The index as containerd writes it, with what else the source's says. */
function dockerIndex(entries: readonly NewEntry[], shell: Index | undefined): Index {
  const different = new Map(entries.map(({ entry }) => [JSON.stringify(entry), entry]))
  return { ...NEW_INDEX, ...shell, manifests: [...different.values()] }
}

const NEW_INDEX: Index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] }

/** Opens what the place names: standard output, a file that is to be, or what can only be written to. */
async function openOutput(to: Place | Writable, options: ArchiveOptions): Promise<Output> {
  const stopping = options.signal === undefined ? {} : { signal: options.signal }
  if (!('transport' in to)) return openStreamOutput(to, stopping)
  const direct = { keepsChunks: false, ...stopping }
  if (isStandardOutput(to.path)) return openStreamOutput(standardOutput(), direct)
  const own = { ...direct, ends: true }
  const path = await targetOf(to.path)
  const found = await statOf(path)
  const kind = kindOf(found)
  if (kind === 'pipe') return openStreamOutput(await openFifo(path, options.signal), own)
  if (kind === 'device') return openStreamOutput(createWriteStream(path), own)
  if (kind === 'directory') throw new ImageError('EXISTS', 'the destination is a directory', { where: to.path })
  if (kind === 'file' && !options.force) throw existsAlready(to.path)
  const { context, force } = options
  const mode = found === undefined ? {} : { mode: found.mode & 0o777 }
  const fileOptions = { compression: compressionOf(path), force, jobs: context.jobs, ...mode, ...stopping }
  return attempt(`open ${to.path}`, () => openFileOutput(path, fileOptions))
}

function standardOutput(): Writable {
  if (!process.stdout.isTTY) return process.stdout
  throw new ImageError('USAGE', 'an archive cannot be written to a terminal', {
    hint: 'send it on: transload convert SOURCE - | docker load',
  })
}

/** The file itself, where the path is a symlink to it: that is what is replaced. */
async function targetOf(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error
  }
  try {
    return await targetOf(resolve(dirname(path), await readlink(path)))
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'EINVAL')) return resolve(path)
    throw error
  }
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}

function kindOf(found: Stats | undefined): 'file' | 'directory' | 'pipe' | 'device' | undefined {
  if (found === undefined) return undefined
  if (found.isDirectory()) return 'directory'
  if (found.isFIFO()) return 'pipe'
  return found.isFile() ? 'file' : 'device'
}

/** Compression of an archive as a whole, which its name says. */
function compressionOf(path: string): Compression {
  if (/\.(tar\.gz|tgz)$/.test(path)) return 'gzip'
  return path.endsWith('.tar.zst') ? 'zstd' : 'none'
}
