import { byBytes, foldKey, jsonText } from './canonical.js'
import { Tokens, unquote } from './tokens.js'

/** Rules for the keys of an object. */
interface KeyRules {
  /** Returns the same text for keys that readers take for the same. */
  nameOf(key: string): string
  /** Returns the fields with new ones in their places. */
  withNew(fields: readonly RawField[], added: readonly RawField[]): RawField[]
}

interface RawField {
  key: string
  /** The key and the value, each as it stands in the document. */
  keyText: string
  text: string
}

/**
 * A JSON object to edit. What is not edited keeps its order and its spelling, unknown fields and numbers included; only
 * white space between tokens is dropped.
 */
export class RawObject {
  readonly #rules: KeyRules
  #fields: readonly RawField[]
  /** White space after the object. */
  readonly #end: string

  private constructor(text: string, rules: KeyRules) {
    const tokens = new Tokens(text)
    this.#rules = rules
    this.#fields = fieldsIn(tokens)
    this.#end = text.slice(tokens.at)
  }

  /**
   * Reads a well-formed object that stands for a struct of Go: keys match in any case, and a new key gets its place in
   * the order of the struct.
   */
  static struct(text: string, order: readonly string[]): RawObject {
    const withOne = (fields: readonly RawField[], field: RawField) => {
      const before = new Set(order.slice(0, order.indexOf(field.key)).map(foldKey))
      return fields.toSpliced(fields.findLastIndex(({ key }) => before.has(foldKey(key))) + 1, 0, field)
    }
    return new RawObject(text, { nameOf: foldKey, withNew: (fields, added) => added.reduce(withOne, [...fields]) })
  }

  /** Reads a well-formed object that stands for a map of Go: keys match exactly; a new key is sorted in. */
  static map(text: string): RawObject {
    return new RawObject(text, { nameOf: (key) => key, withNew: sortedIn })
  }

  get isEmpty(): boolean {
    return this.#fields.length === 0
  }

  /** Returns the value as it stands; undefined if there is none, or null. */
  get(key: string): string | undefined {
    const text = this.#fields.find(this.#is(key))?.text
    return text === 'null' ? undefined : text
  }

  get keys(): string[] {
    return this.#fields.map(({ key }) => key)
  }

  /** Sets the value, in place if the key is there. */
  set(key: string, text: string): void {
    this.setEach(new Map([[key, text]]))
  }

  /** Sets each value, as `set` does. The work is linear: documents may have 100,000 keys. */
  setEach(values: ReadonlyMap<string, string>): void {
    const { nameOf, withNew } = this.#rules
    const byName = new Map([...values].map(([key, text]) => [nameOf(key), { key, keyText: jsonText(key), text }]))
    const added = new Map(byName)
    const fields = this.#fields.map((field) => {
      const name = nameOf(field.key)
      added.delete(name)
      return { ...field, text: byName.get(name)?.text ?? field.text }
    })
    this.#fields = withNew(fields, [...added.values()])
  }

  /** Removes the key. One with null stays: that means the same. */
  delete(key: string): void {
    this.deleteEach([key])
  }

  /** Removes each key, as `delete` does. */
  deleteEach(keys: readonly string[]): void {
    const { nameOf } = this.#rules
    const names = new Set(keys.map(nameOf))
    this.#fields = this.#fields.filter(({ key, text }) => text === 'null' || !names.has(nameOf(key)))
  }

  toString(): string {
    return `{${this.#fields.map(({ keyText, text }) => `${keyText}:${text}`).join(',')}}${this.#end}`
  }

  #is(key: string): (field: RawField) => boolean {
    const { nameOf } = this.#rules
    const name = nameOf(key)
    return (field) => nameOf(field.key) === name
  }
}

function fieldsIn(tokens: Tokens): RawField[] {
  const fields: RawField[] = []
  tokens.next()
  for (let token = tokens.next(); token !== '}'; token = tokens.next()) {
    if (token === ',') continue
    tokens.next()
    fields.push({ key: unquote(token), keyText: token, text: tokens.skip() })
  }
  return fields
}

/** Returns the fields with each new one in front of the first whose key is greater. */
function sortedIn(fields: readonly RawField[], added: readonly RawField[]): RawField[] {
  const sorted = added.toSorted((one, other) => byBytes(one.key, other.key))
  const merged: RawField[] = []
  let at = 0
  for (const field of fields) {
    for (let next = sorted[at]; next !== undefined && byBytes(field.key, next.key) > 0; next = sorted[at]) {
      merged.push(next)
      at++
    }
    merged.push(field)
  }
  return [...merged, ...sorted.slice(at)]
}

/** Returns the items of a well-formed list, each as it stands but without white space. */
export function rawItems(text: string): string[] {
  const tokens = new Tokens(text)
  const items: string[] = []
  tokens.next()
  for (let token = tokens.next(); token !== ']'; token = tokens.next()) {
    if (token !== ',') items.push(tokens.skip(token))
  }
  return items
}

/** Returns a value as it stands, without white space. */
export function compactJSON(text: string): string {
  return new Tokens(text).skip()
}

/** Prints a list of values that are printed already. */
export function joinItems(items: readonly string[]): string {
  return `[${items.join(',')}]`
}
