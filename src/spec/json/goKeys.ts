import type { Shape } from '../../generated/validators.js'
import { ImageError } from '../errors.js'
import { foldKey } from './canonical.js'

type Fields = Record<string, unknown>

/**
 * Returns the value with keys in the spelling of its shape: Go matches keys in any case, and Jib writes lower-case
 * ones. A key with null is dropped, as in Go, unless the shape allows null. An unchanged value is returned as it is.
 * @throws ImageError FORMAT if an object has a key in two spellings
 */
export function foldKeys(value: unknown, shape: Shape, where: string): unknown {
  if (Array.isArray(value)) {
    const { items } = shape
    return items === undefined ? value : changed(value, (item) => foldKeys(item, items, where))
  }
  if (!isFields(value)) return value
  if (shape.fields !== undefined) return foldFields(value, shape.fields, where)
  const { values } = shape
  if (values === undefined) return value
  const entries = Object.entries(value)
  const folded = entries.flatMap(([key, item]) =>
    isAbsent(item, values) ? [] : [[key, foldKeys(item, values, where)] as const],
  )
  const isSame = folded.length === entries.length && folded.every(([key, item]) => item === value[key])
  return isSame ? value : Object.fromEntries(folded)
}

/** Returns the paths of keys that a shape does not know. */
export function unknownKeys(value: unknown, shape: Shape, path = ''): string[] {
  if (Array.isArray(value)) {
    const { items } = shape
    return items === undefined ? [] : value.flatMap((item, at) => unknownKeys(item, items, `${path}[${at}]`))
  }
  if (!isFields(value)) return []
  const { fields, values } = shape
  return Object.entries(value).flatMap(([key, item]) => {
    const known = fields === undefined ? (values ?? {}) : Object.hasOwn(fields, key) ? fields[key] : undefined
    const below = path === '' ? key : `${path}.${key}`
    return known === undefined ? [below] : unknownKeys(item, known, below)
  })
}

function foldFields(value: Fields, known: Readonly<Record<string, Shape>>, where: string): Fields {
  const folded = new Map<string, unknown>()
  const absent: string[] = []
  let isSame = true
  for (const [key, item] of Object.entries(value)) {
    const name = Object.hasOwn(known, key) ? key : spelling(key, known)
    if (folded.has(name)) throw twice(name, where)
    const inner = Object.hasOwn(known, name) ? known[name] : undefined
    const next = inner === undefined ? item : foldKeys(item, inner, where)
    folded.set(name, next)
    isSame &&= name === key && next === item
    if (inner === undefined || !isAbsent(item, inner)) continue
    isSame = false
    absent.push(name)
  }
  for (const name of absent) folded.delete(name)
  return isSame ? value : Object.fromEntries(folded)
}

function isAbsent(value: unknown, shape: Shape): boolean {
  return value === null && shape.null !== true
}

/** Returns the known key that Go would match; the key itself if there is none. */
function spelling(key: string, known: Readonly<Record<string, Shape>>): string {
  const spellings = SPELLINGS.get(known) ?? spellingsOf(known)
  SPELLINGS.set(known, spellings)
  return spellings.get(foldKey(key)) ?? key
}

/** Keys of shapes by their folded names, built once: an object may have many keys that its shape does not know. */
const SPELLINGS = new WeakMap<Readonly<Record<string, Shape>>, ReadonlyMap<string, string>>()

function spellingsOf(known: Readonly<Record<string, Shape>>): ReadonlyMap<string, string> {
  // If two keys fold to the same name, the first counts.
  return new Map(
    Object.keys(known)
      .reverse()
      .map((name) => [foldKey(name), name]),
  )
}

function changed<T>(list: T[], change: (item: T) => T): T[] {
  const next = list.map(change)
  return next.every((item, at) => item === list[at]) ? list : next
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function twice(key: string, where: string): ImageError {
  return new ImageError('FORMAT', `${key} is given twice, in different case`, {
    where,
    hint: 'readers disagree on which one to use',
  })
}
