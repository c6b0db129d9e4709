import { ImageError } from '../errors.js'

/** White space, then a bracket or sign, the start of a text, a number, or a word. */
const TOKEN = /[ \t\r\n]*(?:([{}[\],:"])|(-?[0-9][0-9.eE+-]*)|(true|false|null))/y

/** Reads JSON that is known to be well-formed token by token, each as it was written. */
export class Tokens {
  /** Where the next token, or white space before it, starts. */
  at = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The next token. @throws ImageError FORMAT if there is none */
  next(): string {
    TOKEN.lastIndex = this.at
    const match = TOKEN.exec(this.#text)
    if (match === null) throw new ImageError('FORMAT', 'not JSON', { found: `something else at ${this.at}` })
    this.at = TOKEN.lastIndex
    return match[1] === '"' ? this.#restOfText() : match[0].trimStart()
  }

  /** A text whose first quote was read. Not by the pattern, whose stack millions of escapes would overflow. */
  #restOfText(): string {
    const start = this.at - 1
    let end = this.at
    for (let code = this.#text.charCodeAt(end); code !== QUOTE; code = this.#text.charCodeAt(end)) {
      if (Number.isNaN(code)) throw new ImageError('FORMAT', 'not JSON', { found: `a text without end at ${start}` })
      end += code === BACKSLASH ? 2 : 1
    }
    this.at = end + 1
    return this.#text.slice(start, this.at)
  }

  /** Passes over a value, of which this is the first token; returns its text without white space. */
  skip(first = this.next()): string {
    let text = first
    for (let depth = nesting(first); depth > 0; ) {
      const token = this.next()
      depth += nesting(token)
      text += token
    }
    return text
  }
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c]

const ESCAPES: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** The text that a token stands for. */
export function unquote(token: string): string {
  const text = token.slice(1, -1)
  if (!text.includes('\\')) return text
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex?: string, letter = '') =>
    hex === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

function nesting(token: string): number {
  if (token === '{' || token === '[') return 1
  return token === '}' || token === ']' ? -1 : 0
}
