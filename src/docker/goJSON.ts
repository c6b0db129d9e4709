import type { GoField } from '../generated/validators.js'
import { ImageError } from '../spec/errors.js'
import { byBytes, escapeUnit, foldKey } from '../spec/json/canonical.js'
import { type Exact, ExactNumber, type ExactObject } from '../spec/json/exact.js'
import { goTime, ZERO_TIME } from '../spec/time.js'

/** Where the JSON of a Go struct is from, for messages. */
interface GoPlace {
  where: string
  /** The field's name. */
  field: string
}

/** Options for printing a struct. */
export interface GoOptions {
  /** The document's name, for messages. */
  where: string
  /** Fields to leave out, because the writer's era does not have them. */
  without: ReadonlySet<string>
}

/**
 * Prints a JSON object as Go does after it has read it into a struct: fields stand in the struct's order, keys match in
 * any case, unknown keys are dropped. Returns the printed fields in order; a field that Go omits is absent
 * (encoding/json).
 * @throws ImageError FORMAT if Go could not read the object
 */
export function printStruct(
  object: ExactObject,
  fields: readonly GoField[],
  { where, without }: GoOptions,
): Map<string, string> {
  const printed = new Map<string, string>()
  for (const field of fields) {
    if (without.has(field.name)) continue
    const text = printField(fieldValue(object, field.name), field, { where, without })
    if (text !== undefined) printed.set(field.name, text)
  }
  return printed
}

/** Prints an object of fields that are printed already. */
export function joinFields(fields: Iterable<readonly [string, string]>): string {
  return `{${Array.from(fields, ([name, text]) => `${printText(name)}:${text}`).join(',')}}`
}

/** Prints a text as Go does: safe within HTML, and with the replacement character for lone surrogates. */
export function printText(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(UNSAFE, escapeGo)
}

/** Rewrites printed JSON as Go prints it since 1.22: with the short escapes of backspace and form feed. */
export function withShortEscapes(json: string): string {
  return json.replace(/\\(?:u0008|u000c|.)/g, (pair) => SHORT[pair] ?? pair)
}

const SHORT: Record<string, string> = { '\\u0008': '\\b', '\\u000c': '\\f' }

/**
 * Matches characters that are not safe within HTML, and all escapes, since those of backspace and form feed become
 * longer.
 */
const UNSAFE = /[<>&\u2028\u2029]|\\./g

function escapeGo(unit: string): string {
  if (unit.length > 1) return LONG[unit] ?? unit
  return escapeUnit(unit)
}

const LONG: Record<string, string> = { '\\b': '\\u0008', '\\f': '\\u000c' }

/**
 * Returns the value of the last key that matches the field's name in any case: Go's decoder assigns one after the
 * other.
 */
export function fieldValue(object: ExactObject, name: string): Exact {
  const folded = FOLDED.get(object) ?? foldedFields(object)
  FOLDED.set(object, folded)
  return folded.get(foldKey(name)) ?? null
}

/** Caches the fields of objects by folded name: one object may have many fields, and many are looked up. */
const FOLDED = new WeakMap<ExactObject, ReadonlyMap<string, Exact>>()

function foldedFields(object: ExactObject): ReadonlyMap<string, Exact> {
  return new Map([...object].filter(([, value]) => value !== null).map(([key, value]) => [foldKey(key), value]))
}

function printField(value: Exact, field: GoField, options: GoOptions): string | undefined {
  const { name, printed, fields = [] } = field
  if (printed === 'pointer' && value === null) return undefined
  const place = { where: options.where, field: name }
  const text = field.kind === 'struct' ? printNested(value, fields, place, options) : PRINTERS[field.kind](value, place)
  return printed === 'unless empty' && EMPTY.has(text) ? undefined : text
}

function printNested(value: Exact, fields: readonly GoField[], place: GoPlace, options: GoOptions): string {
  const object = value === null ? new Map<string, Exact>() : objectOf(value, place)
  return joinFields(printStruct(object, fields, options))
}

/** Zero values, which `omitempty` leaves out. */
const EMPTY: ReadonlySet<string> = new Set(['""', 'false', '0', 'null', '[]', '{}'])

const PRINTERS: Record<Exclude<GoField['kind'], 'struct'>, (value: Exact, place: GoPlace) => string> = {
  string: (value, place) => printText(textOf(value ?? '', place)),
  boolean: (value, place) => {
    if (value === null) return 'false'
    return typeof value === 'boolean' ? `${value}` : wrong(place, 'true or false')
  },
  integer: (value, place) => {
    if (value === null) return '0'
    const isWhole = value instanceof ExactNumber && /^-?\d{1,19}$/.test(value.text)
    const number = isWhole ? BigInt(value.text) : undefined
    return number === undefined || BigInt.asIntN(64, number) !== number ? wrong(place, 'a whole number') : `${number}`
  },
  time: (value, place) => printTime(textOf(value ?? ZERO_TIME, place), place),
  list: (value, place) => printList(value, place),
  // Docker's strslice: a single word may stand for a list of one.
  words: (value, place) => printList(typeof value === 'string' ? [value] : value, place),
  map: (value, place) => printMap(value, place, (item) => printText(textOf(item ?? '', place))),
  set: (value, place) =>
    printMap(value, place, (item) => {
      if (item !== null) objectOf(item, place)
      return '{}'
    }),
}

function printList(value: Exact, place: GoPlace): string {
  if (value === null) return 'null'
  if (!Array.isArray(value)) return wrong(place, 'a list of texts')
  return `[${value.map((item) => printText(textOf(item ?? '', place))).join(',')}]`
}

function printMap(value: Exact, place: GoPlace, print: (item: Exact) => string): string {
  if (value === null) return 'null'
  const keys = [...objectOf(value, place)].sort(([a], [b]) => byBytes(a, b))
  return joinFields(keys.map(([key, item]) => [key, print(item)] as const))
}

function printTime(text: string, place: GoPlace): string {
  return `"${goTime(text) ?? wrong(place, 'a time like 2006-01-02T15:04:05Z')}"`
}

function textOf(value: Exact, place: GoPlace): string {
  return typeof value === 'string' ? value : wrong(place, 'a text')
}

function objectOf(value: Exact, place: GoPlace): ExactObject {
  return value instanceof Map ? value : wrong(place, 'an object')
}

function wrong({ where, field }: GoPlace, expected: string): never {
  throw new ImageError('FORMAT', `Docker could not read ${field} of the image config`, { where, expected })
}
