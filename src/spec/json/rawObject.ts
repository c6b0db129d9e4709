import { byBytes, foldKey, jsonText } from './canonical.js'
import { Tokens, unquote } from './tokens.js'

/** Rules for the keys of an object. */
interface KeyRules {
  /** Returns the same text for keys that readers take for the same. */
  nameOf(key: string): string
  /** Returns the position of a new key among those that are there. */
  placeOf(key: string, keys: readonly string[]): number
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
    const placeOf = (key: string, keys: readonly string[]) => {
      const before = new Set(order.slice(0, order.indexOf(key)).map(foldKey))
      return keys.findLastIndex((other) => before.has(foldKey(other))) + 1
    }
    return new RawObject(text, { nameOf: foldKey, placeOf })
  }

  /** Reads a well-formed object that stands for a map of Go: keys match exactly; a new key is sorted in. */
  static map(text: string): RawObject {
    const placeOf = (key: string, keys: readonly string[]) => {
      const after = keys.findIndex((other) => byBytes(other, key) > 0)
      return after < 0 ? keys.length : after
    }
    return new RawObject(text, { nameOf: (key) => key, placeOf })
  }

  get isEmpty(): boolean {
    return this.#fields.length === 0
  }

  /** Returns the value as it stands; undefined if there is none, or null. */
  get(key: string): string | undefined {
    const text = this.#fields.find(this.#is(key))?.text
    return text === 'null' ? undefined : text
  }

  has(key: string): boolean {
    return this.#fields.some(this.#is(key))
  }

  /** Sets the value, in place if the key is there. */
  set(key: string, text: string): void {
    const isIt = this.#is(key)
    if (this.#fields.some(isIt)) {
      this.#fields = this.#fields.map((field) => (isIt(field) ? { ...field, text } : field))
      return
    }
    const keys = this.#fields.map((field) => field.key)
    this.#fields = this.#fields.toSpliced(this.#rules.placeOf(key, keys), 0, { key, keyText: jsonText(key), text })
  }

  /** Removes the key. One with null stays: that means the same. */
  delete(key: string): void {
    const isIt = this.#is(key)
    this.#fields = this.#fields.filter((field) => !isIt(field) || field.text === 'null')
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
