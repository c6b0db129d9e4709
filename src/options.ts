import type { Options } from './bytes/context.js'
import { ARCHIVE_FORMATS, type ArchiveFormat } from './spec/archiveFormat.js'
import { GZIP_COMPRESSORS, type GzipCompressor, LAYER_CHOICES, type LayerChoice } from './spec/compression.js'
import { ImageError } from './spec/errors.js'

/** What is converted, and how. */
export interface ConvertOptions extends Options {
  /** Only these images: tag, full name, digest of manifest or config, or `@N`. All if absent or empty. */
  images?: readonly string[]
  /** Of multi-platform images only these platforms, `os/arch[/variant]`. All if absent or empty. */
  platforms?: readonly string[]
  /** Names of the image at the destination, replacing its own. A bare tag keeps the repository. Only with one image. */
  tags?: readonly string[]
  /** Further names. Only with one image. */
  addTags?: readonly string[]
  /** What happens to layer bytes; `keep`, which changes none, if absent. */
  layers?: LayerChoice
  /**
   * Compression level of the algorithm chosen with `layers`; its default if absent. Of gzip it is zlib's, 1 to 9, or
   * libdeflate's, 1 to 12; of zstd 1 to 22.
   */
  level?: number
  /**
   * What makes gzip: `transload`, an encoder of our own, which has no levels, and whose bytes are the same on every
   * machine; Node's `zlib`, of level 6; or the system's `libdeflate`, by the package koffi, of level 1. If absent `zlib`
   * where there is a level, else `transload`.
   */
  compressor?: GzipCompressor
  /** Leaves attestation manifests out; indexes that list them get new digests. */
  stripAttestations?: boolean
  /** How an archive is arranged: `oci` for `oci-archive:`, else `docker`, if absent. Not for a layout directory. */
  format?: ArchiveFormat
  /** Replaces an archive file that exists. Not for a layout directory, which is always added to. */
  force?: boolean
  /** Of `docker-legacy`: the owner's name in tar headers, `root` in distributions' builds of Docker; empty if absent. */
  uname?: string
  /** Of `docker-legacy`: whether modes have the bits of the file's type, as up to Docker 23; true if absent. */
  typeBits?: boolean
  /** Of `docker-legacy` and `docker-25`: time zone of the daemon, which enters the v1 ids; `UTC` if absent. */
  timeZone?: string
}

/** The highest level of what has levels. */
const HIGHEST = { zlib: 9, libdeflate: 12, zstd: 22 }

/**
 * Refuses what a program that is not compiled against the types, or the command line, may get wrong.
 * @throws ImageError USAGE
 */
export function assertOptions(options: ConvertOptions): void {
  assertOneOf('layers', options.layers ?? 'keep', LAYER_CHOICES)
  assertOneOf('format', options.format ?? 'docker', ARCHIVE_FORMATS)
  assertOneOf('compressor', options.compressor ?? 'transload', GZIP_COMPRESSORS)
  assertTypes(options)
  assertNumbers(options)
}

/**
 * Refuses options whose values are of another type than the types say.
 * @throws ImageError USAGE
 */
export function assertTypes(options: object): void {
  const values = new Map<string, unknown>(Object.entries(options).filter(([, value]) => value !== undefined))
  for (const name of LISTS) {
    const list = values.get(name) ?? []
    if (Array.isArray(list) && list.every((text) => typeof text === 'string')) continue
    throw new ImageError('USAGE', name, { expected: 'a list of texts', found: JSON.stringify(list) })
  }
  for (const [name, type] of TYPES) {
    const value = values.get(name)
    if (value === undefined || typeof value === type) continue
    throw new ImageError('USAGE', name, { expected: `a ${type}`, found: JSON.stringify(value) })
  }
}

const LISTS = ['images', 'platforms', 'tags', 'addTags']

const TYPES = [
  ['force', 'boolean'],
  ['full', 'boolean'],
  ['strict', 'boolean'],
  ['stripAttestations', 'boolean'],
  ['typeBits', 'boolean'],
  ['uname', 'string'],
  ['timeZone', 'string'],
] as const

/**
 * Refuses options that the destination has no use for.
 * @param format of an archive; undefined for a layout directory
 * @throws ImageError USAGE
 */
export function assertFits(options: ConvertOptions, format: ArchiveFormat | undefined): void {
  const { layers = 'keep' } = options
  const isClassic = format === 'docker-legacy' || format === 'docker-25'
  if (isClassic && (layers === 'gzip' || layers === 'zstd')) {
    throw new ImageError('USAGE', `layers are uncompressed in the format ${format}`, {
      found: `layers ${layers}`,
      hint: 'the format docker takes compressed ones',
    })
  }
  if (options.format !== undefined && format === undefined) {
    throw new ImageError('USAGE', 'a format is for an archive, and the destination is a directory', {
      found: `format ${options.format}`,
      hint: 'name the destination FILE.tar or docker-archive:FILE',
    })
  }
  if (options.force === true && format === undefined) {
    throw new ImageError('USAGE', 'force replaces an archive file, and the destination is a layout directory', {
      hint: 'leave force out: a layout is always added to',
    })
  }
  if (options.timeZone !== undefined && !isClassic) throw onlyFor('a time zone', 'docker-legacy and docker-25')
  if (format === 'docker-legacy') return
  if (options.uname !== undefined) throw onlyFor('a uname', 'docker-legacy')
  if (options.typeBits !== undefined) throw onlyFor('type bits', 'docker-legacy')
}

function onlyFor(what: string, formats: string): ImageError {
  return new ImageError('USAGE', `${what} can be chosen only for the format ${formats}`)
}

function assertOneOf(what: string, value: string, all: readonly string[]): void {
  if (all.includes(value)) return
  throw new ImageError('USAGE', what, { expected: all.join(', '), found: JSON.stringify(value) })
}

function assertNumbers({ layers = 'keep', level, compressor, jobs }: ConvertOptions): void {
  if (jobs !== undefined) assertWhole('jobs', jobs, 64)
  if (compressor !== undefined && layers !== 'gzip') {
    throw new ImageError('USAGE', 'a compressor goes with layers gzip', { found: `layers ${layers}` })
  }
  if (level === undefined) return
  if (compressor === 'transload') {
    throw new ImageError('USAGE', 'the compressor transload has no levels', { hint: 'choose zlib or libdeflate' })
  }
  if (layers !== 'gzip' && layers !== 'zstd') {
    throw new ImageError('USAGE', 'a level goes with layers gzip or zstd', { found: `layers ${layers}` })
  }
  assertWhole(`level of ${layers}`, level, HIGHEST[layers === 'zstd' ? 'zstd' : (compressor ?? 'zlib')])
}

function assertWhole(what: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return
  throw new ImageError('USAGE', what, { expected: `a whole number from 1 to ${most}`, found: value })
}
