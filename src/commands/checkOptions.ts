import { inspect } from 'node:util'
import type { Options } from '../bytes/context.js'
import type { ArchiveFormat } from '../spec/archiveFormat.js'
import { ImageError } from '../spec/errors.js'
import type { RuntimeConfigOptions, UnpackOptions } from './bundleOptions.js'
import type {
  AddLayerOptions,
  ExportRootfsOptions,
  InsertOptions,
  RebaseOptions,
  RepackOptions,
  SquashOptions,
  ValidateOptions,
} from './layerOptions.js'
import type { ConfigEdit, GarbageOptions, NewImageOptions, StatOptions, TagOptions } from './layoutOptions.js'
import type { OptionEntry } from './optionEntry.js'
import type { ConvertOptions, InspectOptions } from './options.js'
import { functionOptions } from './optionsOf.js'

// The types ensure that the table assigns every property of these interfaces to its function.
const CONVERT: Readonly<Record<keyof ConvertOptions, OptionEntry>> = functionOptions('convert')
const INSPECT: Readonly<Record<keyof InspectOptions, OptionEntry>> = functionOptions('inspect')
const NEW: Readonly<Record<keyof NewImageOptions, OptionEntry>> = functionOptions('newImage')
const TAG: Readonly<Record<keyof TagOptions, OptionEntry>> = functionOptions('tagImage')
const REMOVE: Readonly<Record<keyof Options, OptionEntry>> = functionOptions('removeTag')
const STAT: Readonly<Record<keyof StatOptions, OptionEntry>> = functionOptions('stat')
const GARBAGE: Readonly<Record<keyof GarbageOptions, OptionEntry>> = functionOptions('collectGarbage')
const EDIT: Readonly<Record<keyof ConfigEdit, OptionEntry>> = functionOptions('editConfig')

const UNPACK: Readonly<Record<keyof UnpackOptions, OptionEntry>> = functionOptions('unpack')
const RUNTIME: Readonly<Record<keyof RuntimeConfigOptions, OptionEntry>> = functionOptions('runtimeConfig')

const REPACK: Readonly<Record<keyof RepackOptions, OptionEntry>> = functionOptions('repack')
const INSERT: Readonly<Record<keyof InsertOptions, OptionEntry>> = functionOptions('insert')
const LAYER: Readonly<Record<keyof AddLayerOptions, OptionEntry>> = functionOptions('addLayer')
const EXPORT: Readonly<Record<keyof ExportRootfsOptions, OptionEntry>> = functionOptions('exportRootfs')
const APPEND: Readonly<Record<keyof AddLayerOptions, OptionEntry>> = functionOptions('append')
const SQUASH: Readonly<Record<keyof SquashOptions, OptionEntry>> = functionOptions('squash')
const REBASE: Readonly<Record<keyof RebaseOptions, OptionEntry>> = functionOptions('rebase')
const VALIDATE: Readonly<Record<keyof ValidateOptions, OptionEntry>> = functionOptions('validateMtree')

/**
 * Checks options at run time, for callers without the types and for the command line.
 * @throws ImageError USAGE
 */
export function assertOptions(options: ConvertOptions): void {
  assertEach(options, CONVERT)
  assertCompression(options)
}

/**
 * Does the same for an inspection.
 * @throws ImageError USAGE
 */
export function assertInspectOptions(options: InspectOptions): void {
  assertEach(options, INSPECT)
}

/** Does the same for a new image. @throws ImageError USAGE */
export function assertNewOptions(options: NewImageOptions): void {
  assertEach(options, NEW)
}

/** Does the same for tagging. @throws ImageError USAGE */
export function assertTagOptions(options: TagOptions): void {
  assertEach(options, TAG)
}

/** Does the same for the removal of a tag. @throws ImageError USAGE */
export function assertRemoveOptions(options: Options): void {
  assertEach(options, REMOVE)
}

/** Does the same for `stat`. @throws ImageError USAGE */
export function assertStatOptions(options: StatOptions): void {
  assertEach(options, STAT)
}

/** Does the same for collecting garbage. @throws ImageError USAGE */
export function assertGarbageOptions(options: GarbageOptions): void {
  assertEach(options, GARBAGE)
}

/** Does the same for an edit. @throws ImageError USAGE */
export function assertEdit(edit: ConfigEdit): void {
  assertEach(edit, EDIT)
}

/** Does the same for unpacking. @throws ImageError USAGE */
export function assertUnpackOptions(options: UnpackOptions): void {
  assertEach(options, UNPACK)
}

/** Does the same for a runtime config. @throws ImageError USAGE */
export function assertRuntimeConfigOptions(options: RuntimeConfigOptions): void {
  assertEach(options, RUNTIME)
}

/** Does the same for repacking. @throws ImageError USAGE */
export function assertRepackOptions(options: RepackOptions): void {
  assertEach(options, REPACK)
}

/** Does the same for inserting. @throws ImageError USAGE */
export function assertInsertOptions(options: InsertOptions): void {
  assertEach(options, INSERT)
}

/** Does the same for other layers. @throws ImageError USAGE */
export function assertLayerOptions(options: AddLayerOptions): void {
  assertEach(options, LAYER)
}

/** Does the same for making one layer of several. @throws ImageError USAGE */
export function assertSquashOptions(options: SquashOptions): void {
  assertEach(options, SQUASH)
}

/** Does the same for exporting a file system. @throws ImageError USAGE */
export function assertExportOptions(options: ExportRootfsOptions): void {
  assertEach(options, EXPORT)
}

/** Does the same for appending. @throws ImageError USAGE */
export function assertAppendOptions(options: AddLayerOptions): void {
  assertEach(options, APPEND)
}

/** Does the same for rebasing. @throws ImageError USAGE */
export function assertRebaseOptions(options: RebaseOptions): void {
  assertEach(options, REBASE)
}

/** Does the same for a comparison. @throws ImageError USAGE */
export function assertValidateOptions(options: ValidateOptions): void {
  assertEach(options, VALIDATE)
}

function assertEach(options: unknown, known: Readonly<Record<string, OptionEntry>>): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new ImageError('USAGE', 'the options', { expected: 'an object', found: shown(options) })
  }
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    const entry = Object.hasOwn(known, name) ? known[name] : undefined
    if (entry === undefined) {
      throw new ImageError('USAGE', 'there is no such option', { expected: `one of ${listed(known)}`, found: name })
    }
    assertValue(name, value, entry)
  }
}

/** The options that every function has; they are listed first. */
const FIRST: readonly string[] = ['signal', 'onWarning', 'onProgress', 'strict', 'jobs'] satisfies (keyof Options)[]

function listed(known: Readonly<Record<string, OptionEntry>>): string {
  return [...FIRST, ...Object.keys(known).filter((name) => !FIRST.includes(name))].join(', ')
}

function assertValue(name: string, value: unknown, entry: OptionEntry): void {
  if (entry.kind === 'wholeNumber') {
    // The level has no limit of its own; it is checked together with the compressor, which limits it.
    if (entry.most !== undefined) assertWhole(name, value, { least: entry.least, most: entry.most })
    return
  }
  const [isOne, expected] = entry.kind === 'choice' ? choiceOf(entry.values) : KINDS[entry.kind]
  if (!isOne(value)) throw new ImageError('USAGE', name, { expected, found: shown(value) })
}

/** A test for a value, and the description of values that pass. */
type Check = readonly [isOne: (value: unknown) => boolean, expected: string]

function choiceOf(values: readonly string[]): Check {
  return [(value) => values.some((one) => one === value), values.join(', ')]
}

const BOOLEAN: Check = [(value) => typeof value === 'boolean', 'a boolean']

const KINDS: Readonly<Record<Exclude<OptionEntry['kind'], 'choice' | 'wholeNumber'>, Check>> = {
  list: [(value) => Array.isArray(value) && value.every((text) => typeof text === 'string'), 'a list of texts'],
  text: [(value) => typeof value === 'string', 'a string'],
  switch: BOOLEAN,
  onOff: BOOLEAN,
  function: [(value) => typeof value === 'function', 'a function'],
  signal: [(value) => value instanceof AbortSignal, 'an AbortSignal'],
  history: [isHistory, 'false, or an object with author, comment, created and createdBy'],
}

const HISTORY: ReadonlySet<string> = new Set(['author', 'comment', 'created', 'createdBy'])

function isHistory(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value === false
  return Object.entries(value).every(
    ([key, text]) => HISTORY.has(key) && (text === undefined || typeof text === 'string'),
  )
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  return inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY })
}

/** The highest level of each compressor that has levels. */
const HIGHEST = { zlib: 9, libdeflate: 12, zstd: 22 }

/** Checks layers, compressor and level together. */
function assertCompression({ layers = 'keep', level, compressor }: ConvertOptions): void {
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
  assertWhole(`level of ${layers}`, level, { most: HIGHEST[layers === 'zstd' ? 'zstd' : (compressor ?? 'zlib')] })
}

function assertWhole(what: string, value: unknown, { least = 1, most }: { least?: number | undefined; most: number }) {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return
  throw new ImageError('USAGE', what, { expected: `a whole number from ${least} to ${most}`, found: shown(value) })
}

/**
 * Refuses options that do not apply to the destination.
 * @param format of an archive; undefined for a layout directory
 * @throws ImageError USAGE
 */
export function assertFits(options: ConvertOptions, format: ArchiveFormat | undefined): void {
  const given: Readonly<Record<string, unknown>> = { ...options }
  for (const [name, { kind, appliesTo }] of Object.entries(CONVERT)) {
    const value = given[name]
    if (value === undefined || appliesTo === undefined || appliesTo.destinations.includes(format ?? 'layout')) continue
    if (appliesTo.values?.some((one) => one === value) === false) continue
    const { otherwise, hint } = appliesTo
    throw new ImageError('USAGE', otherwise.replace('{format}', format ?? 'layout'), {
      ...(kind === 'choice' ? { found: `${name} ${value}` } : {}),
      ...(hint === undefined ? {} : { hint }),
    })
  }
}
