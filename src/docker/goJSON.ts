import type { GoField } from '../generated/validators.js'
import { ImageError } from '../spec/errors.js'
import { escapeUnit, foldKey } from '../spec/json/canonical.js'
import { type Exact, ExactNumber, type ExactObject } from '../spec/json/exact.js'

/** What messages say of the JSON that is read into a Go struct. */
interface GoPlace {
  where: string
  /** The field, with those around it. */
  field: string
}

/** How a struct is read and printed. */
export interface GoOptions {
  /** The document, for messages. */
  where: string
  /** Names of fields that the writer's era does not have. */
  without: ReadonlySet<string>
}

/**
 * A JSON object as Go prints it after reading it into a struct: fields in the struct's order, keys matched in any case,
 * unknown ones gone. By field, in order; a field that Go leaves out is not there (encoding/json).
 * @throws ImageError FORMAT for what Go could not read
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

/** The object of printed fields. */
export function joinFields(fields: Iterable<readonly [string, string]>): string {
  return `{${Array.from(fields, ([name, text]) => `${printText(name)}:${text}`).join(',')}}`
}

/** A text as Go prints it: also safe within HTML; what is no Unicode is replaced. */
export function printText(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(UNSAFE, escapeGo)
}

/** JSON as it was written, made safe within HTML, as Go does when it takes such JSON into its own. */
export function escapeHTML(raw: string): string {
  return raw.replace(/[<>&\u2028\u2029]/g, escapeGo)
}

/** In the order of their bytes, as Go prints the keys of a map. */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** Printed JSON as Go prints it since 1.22, with the short escapes of backspace and form feed. */
export function withShortEscapes(json: string): string {
  return json.replace(/\\(?:u0008|u000c|.)/g, (pair) => SHORT[pair] ?? pair)
}

const SHORT: Record<string, string> = { '\\u0008': '\\b', '\\u000c': '\\f' }

/** What is not safe within HTML, and every escape, of which those of backspace and form feed are longer here. */
const UNSAFE = /[<>&\u2028\u2029]|\\./g

function escapeGo(unit: string): string {
  if (unit.length > 1) return LONG[unit] ?? unit
  return escapeUnit(unit)
}

const LONG: Record<string, string> = { '\\b': '\\u0008', '\\f': '\\u000c' }

/** The value of a field: the last of the keys that match in whatever case, as Go's decoder assigns one after the other. */
export function fieldValue(object: ExactObject, name: string): Exact {
  const folded = FOLDED.get(object) ?? foldedFields(object)
  FOLDED.set(object, folded)
  return folded.get(foldKey(name)) ?? null
}

/** The fields of objects by their folded names: objects are asked for many fields, and may have many more. */
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

/** Zero values, of which `omitempty` says that they are left out. */
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
  // Docker's strslice: one word may stand for a list of one.
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

/** What Go's time.Time is before anything is assigned to it. */
const ZERO_TIME = '0001-01-01T00:00:00Z'

/** RFC 3339 with up to nine digits of a second, trailing zeros dropped, and no offset written as Z. */
function printTime(text: string, place: GoPlace): string {
  const [, seconds, fraction = '', offset] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text) ?? []
  if (seconds === undefined || !isTime(seconds)) return wrong(place, 'a time like 2006-01-02T15:04:05Z')
  const digits = fraction.slice(0, 9).replace(/0+$/, '')
  return `"${seconds}${digits === '' ? '' : `.${digits}`}${/^[+-]00:00$/.test(offset ?? '') ? 'Z' : offset}"`
}

/** JavaScript takes the 30th of February for a day of March, and 24 o'clock for the next day. */
function isTime(seconds: string): boolean {
  const time = new Date(`${seconds}Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(seconds)
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
