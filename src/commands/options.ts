import { inspect } from 'node:util'
import type { Options } from '../bytes/context.js'
import { ARCHIVE_FORMATS, type ArchiveFormat } from '../spec/archiveFormat.js'
import { GZIP_COMPRESSORS, type GzipCompressor, LAYER_CHOICES, type LayerChoice } from '../spec/compression.js'
import { ImageError } from '../spec/errors.js'

/** What is converted, and how. */
export interface ConvertOptions extends Options {
  /** Only these images: tag, full name, digest of manifest or config, or `@N`. All if absent or empty. */
  images?: readonly string[] | undefined
  /** Of multi-platform images only these platforms, `os/arch[/variant]`. All if absent or empty. */
  platforms?: readonly string[] | undefined
  /** Names of the image at the destination, replacing its own. A bare tag keeps the repository. Only with one image. */
  tags?: readonly string[] | undefined
  /** Further names. Only with one image. */
  addTags?: readonly string[] | undefined
  /** What happens to layer bytes; `keep`, which changes none, if absent. */
  layers?: LayerChoice | undefined
  /**
   * Compression level of the algorithm chosen with `layers`; its default if absent. Of gzip it is zlib's, 1 to 9, or
   * libdeflate's, 1 to 12; of zstd 1 to 22.
   */
  level?: number | undefined
  /**
   * What makes gzip: `transload`, an encoder of our own, which has no levels, and whose bytes are the same on every
   * machine; Node's `zlib`, of level 6; or the system's `libdeflate`, by the package koffi, of level 1. If absent `zlib`
   * where there is a level, else `transload`.
   */
  compressor?: GzipCompressor | undefined
  /** Leaves attestation manifests out; indexes that list them get new digests. */
  stripAttestations?: boolean | undefined
  /** Leaves out what is about an image by `subject` or its tag, but for attestations: signatures, SBOMs, and so on. */
  stripReferrers?: boolean | undefined
  /** How an archive is arranged: `oci` for `oci-archive:`, else `docker`, if absent. Not for a layout directory. */
  format?: ArchiveFormat | undefined
  /**
   * Of a stream as the destination: ends it when the archive is whole, and destroys it if that fails. If absent, a
   * WritableStream is closed, as `pipeTo` does it, and a stream of Node's is not ended: more may follow.
   */
  end?: boolean | undefined
  /** Replaces an archive file that exists. Not for a layout directory, which is always added to. */
  force?: boolean | undefined
  /** Whether a name that the layout has may go to another image, which is told; true if absent. Not for an archive. */
  replace?: boolean | undefined
  /** Of `docker-legacy`: the owner's name in tar headers, `root` in distributions' builds of Docker; empty if absent. */
  uname?: string | undefined
  /** Of `docker-legacy`: whether modes have the bits of the file's type, as up to Docker 23; true if absent. */
  typeBits?: boolean | undefined
  /** Of `docker-legacy` and `docker-25`: time zone of the daemon, which enters the v1 ids; `UTC` if absent. */
  timeZone?: string | undefined
}

/** The highest level of what has levels. */
const HIGHEST = { zlib: 9, libdeflate: 12, zstd: 22 }

/**
 * Refuses what a program that is not compiled against the types, or the command line, may get wrong.
 * @throws ImageError USAGE
 */
export function assertOptions(options: ConvertOptions): void {
  assertKnown(options, CONVERT_OPTIONS)
  assertOneOf('layers', options.layers ?? 'keep', LAYER_CHOICES)
  assertOneOf('format', options.format ?? 'docker', ARCHIVE_FORMATS)
  assertOneOf('compressor', options.compressor ?? 'transload', GZIP_COMPRESSORS)
  assertNumbers(options)
}

/**
 * The same of an inspection.
 * @throws ImageError USAGE
 */
export function assertInspectOptions(options: object): void {
  assertKnown(options, INSPECT_OPTIONS)
  if ('jobs' in options && options.jobs !== undefined) assertWhole('jobs', options.jobs, MOST_JOBS)
}

const MOST_JOBS = 64

/** What a value has to be; what is said of it. */
type Kind = readonly [isOne: (value: unknown) => boolean, expected: string]

const LIST: Kind = [
  (value) => Array.isArray(value) && value.every((text) => typeof text === 'string'),
  'a list of texts',
]
const BOOLEAN: Kind = [(value) => typeof value === 'boolean', 'a boolean']
const STRING: Kind = [(value) => typeof value === 'string', 'a string']
const FUNCTION: Kind = [(value) => typeof value === 'function', 'a function']
const SIGNAL: Kind = [(value) => value instanceof AbortSignal, 'an AbortSignal']
/** Looked at apart. */
const ANY: Kind = [() => true, '']

const COMMON = { signal: SIGNAL, onWarning: FUNCTION, onProgress: FUNCTION, strict: BOOLEAN, jobs: ANY, images: LIST }

const INSPECT_OPTIONS: Readonly<Record<string, Kind>> = { ...COMMON, full: BOOLEAN }

const CONVERT_OPTIONS: Readonly<Record<keyof ConvertOptions, Kind>> = {
  ...COMMON,
  platforms: LIST,
  tags: LIST,
  addTags: LIST,
  layers: ANY,
  level: ANY,
  compressor: ANY,
  stripAttestations: BOOLEAN,
  stripReferrers: BOOLEAN,
  format: ANY,
  end: BOOLEAN,
  force: BOOLEAN,
  replace: BOOLEAN,
  uname: STRING,
  typeBits: BOOLEAN,
  timeZone: STRING,
}

function assertKnown(options: unknown, known: Readonly<Record<string, Kind>>): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new ImageError('USAGE', 'the options', { expected: 'an object', found: shown(options) })
  }
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    if (!Object.hasOwn(known, name)) {
      const expected = `one of ${Object.keys(known).join(', ')}`
      throw new ImageError('USAGE', 'there is no such option', { expected, found: name })
    }
    const [isOne, expected] = known[name] ?? ANY
    if (!isOne(value)) throw new ImageError('USAGE', name, { expected, found: shown(value) })
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  return inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY })
}

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
  if (options.replace === false && format !== undefined) {
    throw new ImageError('USAGE', 'only a layout directory has names that could be replaced', {
      hint: 'leave --no-replace out: an archive file that exists is replaced only with --force',
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
  throw new ImageError('USAGE', what, { expected: all.join(', '), found: shown(value) })
}

function assertNumbers({ layers = 'keep', level, compressor, jobs }: ConvertOptions): void {
  if (jobs !== undefined) assertWhole('jobs', jobs, MOST_JOBS)
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

function assertWhole(what: string, value: unknown, most: number): void {
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most) return
  throw new ImageError('USAGE', what, { expected: `a whole number from 1 to ${most}`, found: shown(value) })
}
