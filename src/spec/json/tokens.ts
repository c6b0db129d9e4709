import { ImageError } from '../errors.js'

/** White space, then a bracket or sign, the start of a text, a number, or a word. */
const TOKEN = /[ \t\r\n]*(?:([{}[\],:"])|(-?[0-9][0-9.eE+-]*)|(true|false|null))/y

/** Reads well-formed JSON token by token, each in its original spelling. */
export class Tokens {
  /** Start of the next token, or of the white space before it. */
  at = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** Returns the next token. @throws ImageError FORMAT if there is none */
  next(): string {
    TOKEN.lastIndex = this.at
    const match = TOKEN.exec(this.#text)
    if (match === null) throw new ImageError('FORMAT', 'not JSON', { found: `something else at ${this.at}` })
    this.at = TOKEN.lastIndex
    return match[1] === '"' ? this.#restOfText() : match[0].trimStart()
  }

  /**
   * Returns a text whose first quote was read. The pattern cannot match it: millions of escapes would overflow its
   * stack.
   */
  #restOfText(): string {
    const start = this.at - 1
    let end = this.at
    for (let code = this.#text.charCodeAt(end); code !== QUOTE; code = this.#text.charCodeAt(end)) {
      if (Number.isNaN(code)) throw new ImageError('FORMAT', 'not JSON', { found: `an unclosed text at ${start}` })
      end += code === BACKSLASH ? 2 : 1
    }
    this.at = end + 1
    return this.#text.slice(start, this.at)
  }

  /** Skips a value that starts with this token. Returns its text without white space. */
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

/** Returns the text that a token stands for. */
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
