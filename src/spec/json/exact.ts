import { Tokens, unquote } from './tokens.js'

/** A number in its original spelling: integers beyond 2^53 survive. */
export class ExactNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** An object with its keys in order. A repeated key has its last value, as in Go's decoder. */
export type ExactObject = Map<string, Exact>

/** A JSON value without rounded numbers. */
export type Exact = null | boolean | string | ExactNumber | Exact[] | ExactObject

/**
 * Reads well-formed JSON with every number in its original spelling.
 * @throws ImageError FORMAT for anything else
 */
export function parseExact(text: string): Exact {
  return value(new Tokens(text))
}

/** Returns the fields of a well-formed object, each value in its original spelling without white space. */
export function rawFields(text: string): Map<string, string> {
  const tokens = new Tokens(text)
  const fields = new Map<string, string>()
  tokens.next()
  for (let token = tokens.next(); token !== '}'; token = tokens.next()) {
    if (token === ',') continue
    tokens.next()
    fields.set(unquote(token), tokens.skip())
  }
  return fields
}

function value(tokens: Tokens, token = tokens.next()): Exact {
  if (token === '{') return object(tokens)
  if (token === '[') return array(tokens)
  if (token.startsWith('"')) return unquote(token)
  if (token === 'true' || token === 'false') return token === 'true'
  return token === 'null' ? null : new ExactNumber(token)
}

function object(tokens: Tokens): ExactObject {
  const fields: ExactObject = new Map()
  for (let token = tokens.next(); token !== '}'; token = tokens.next()) {
    if (token === ',') continue
    tokens.next()
    fields.set(unquote(token), value(tokens))
  }
  return fields
}

function array(tokens: Tokens): Exact[] {
  const items: Exact[] = []
  for (let token = tokens.next(); token !== ']'; token = tokens.next()) {
    if (token !== ',') items.push(value(tokens, token))
  }
  return items
}
