import type { Shape } from '../generated/validators.js'
import { byBytes, escapeHTML, foldKey } from '../spec/json/canonical.js'
import { type Exact, ExactNumber, type ExactObject } from '../spec/json/exact.js'

/** JSON as it is written in code. */
export type Plain = null | undefined | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain }

/** Returns a value in the exact form. Fields without a value are left out. */
export function exactOf(value: Plain): Exact {
  if (typeof value === 'number') return new ExactNumber(`${value}`)
  if (typeof value !== 'object' || value === null) return value ?? null
  if (isList(value)) return value.map(exactOf)
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return new Map(fields.map(([key, field]) => [key, exactOf(field)]))
}

/** Prints JSON as Go's encoder does: safe within HTML. A text to indent with puts each value on its own line. */
export function printExact(value: Exact, indent = ''): string {
  return escapeHTML(print(value, { indent, newline: indent === '' ? '' : '\n' }))
}

/**
 * Returns a value with the keys that its shape knows first, in its order, and spelt as there: Go matches keys in any
 * case. The keys of maps are sorted. Known fields that are null are left out,
 * unless their shape allows null.
 */
export function inStructOrder(value: Exact, shape: Shape): Exact {
  if (Array.isArray(value)) return shape.items === undefined ? value : value.map(inOrderOf(shape.items))
  if (!(value instanceof Map)) return value
  if (shape.fields !== undefined) return structOf(value, shape.fields)
  return shape.values === undefined ? value : sortedMap(value)
}

function inOrderOf(shape: Shape): (value: Exact) => Exact {
  return (value) => inStructOrder(value, shape)
}

function structOf(object: ExactObject, known: Readonly<Record<string, Shape>>): ExactObject {
  const left = new Map([...object].map(([key, value]) => [foldKey(key), [key, value] as const]))
  const ordered: ExactObject = new Map()
  for (const [name, shape] of Object.entries(known)) {
    const value = left.get(foldKey(name))?.[1] ?? null
    left.delete(foldKey(name))
    if (value !== null || (shape.null && object.has(name))) ordered.set(name, inStructOrder(value, shape))
  }
  for (const [key, value] of left.values()) ordered.set(key, value)
  return ordered
}

function sortedMap(object: ExactObject): ExactObject {
  return new Map([...object].sort(([a], [b]) => byBytes(a, b)))
}

interface Layout {
  indent: string
  /** A newline and the indentation of the line that it starts; empty without indentation. */
  newline: string
}

function print(value: Exact, layout: Layout): string {
  if (typeof value === 'string') return textOf(value)
  if (value instanceof ExactNumber) return value.text
  if (Array.isArray(value)) return enclosed('[]', layout, (inner) => value.map((item) => print(item, inner)))
  if (!(value instanceof Map)) return `${value}`
  const colon = layout.indent === '' ? ':' : ': '
  return enclosed('{}', layout, (inner) =>
    Array.from(value, ([key, field]) => `${textOf(key)}${colon}${print(field, inner)}`),
  )
}

function enclosed(brackets: string, { indent, newline }: Layout, print: (inner: Layout) => string[]): string {
  const inner = newline + indent
  const items = print({ indent, newline: inner })
  return items.length === 0 ? brackets : `${brackets[0]}${inner}${items.join(`,${inner}`)}${newline}${brackets[1]}`
}

function textOf(text: string): string {
  return JSON.stringify(text.toWellFormed())
}

function isList(value: readonly Plain[] | { readonly [key: string]: Plain }): value is readonly Plain[] {
  return Array.isArray(value)
}
