import { ImageError } from './errors.js'

/** A number as it was written: integers beyond 2^53 survive. */
export class ExactNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** An object with its keys in their order; of a key that comes twice, the last value, as Go's decoder has it. */
export type ExactObject = Map<string, Exact>

/** A JSON value of which nothing was rounded. */
export type Exact = null | boolean | string | ExactNumber | Exact[] | ExactObject

/** White space, then a bracket or sign, a text, a number, or a word. */
const TOKEN = /[ \t\r\n]*(?:([{}[\],:])|("[^"\\]*(?:\\.[^"\\]*)*")|(-?[0-9][0-9.eE+-]*)|(true|false|null))/y

/**
 * Reads JSON that is known to be well-formed, with every number as it was written.
 * @throws ImageError FORMAT for anything else
 */
export function parseExact(text: string): Exact {
  return new Reader(text).value()
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(token = this.#next()): Exact {
    if (token === '{') return this.#object()
    if (token === '[') return this.#array()
    if (token.startsWith('"')) return unquote(token)
    if (token === 'true' || token === 'false') return token === 'true'
    return token === 'null' ? null : new ExactNumber(token)
  }

  #object(): ExactObject {
    const object: ExactObject = new Map()
    for (let token = this.#next(); token !== '}'; token = this.#next()) {
      if (token === ',') continue
      this.#next()
      object.set(unquote(token), this.value())
    }
    return object
  }

  #array(): Exact[] {
    const array: Exact[] = []
    for (let token = this.#next(); token !== ']'; token = this.#next()) {
      if (token !== ',') array.push(this.value(token))
    }
    return array
  }

  #next(): string {
    TOKEN.lastIndex = this.#at
    const match = TOKEN.exec(this.#text)
    if (match === null) throw new ImageError('FORMAT', 'not JSON', { found: `something else at ${this.#at}` })
    this.#at = TOKEN.lastIndex
    return match[0].trimStart()
  }
}

const ESCAPES: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

function unquote(token: string): string {
  const text = token.slice(1, -1)
  if (!text.includes('\\')) return text
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex?: string, letter = '') =>
    hex === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
