import { quoted } from './cut.js'
import { ImageError } from './errors.js'
import { Tokens, unquote } from './tokens.js'

/**
 * Refuses JSON in which an object gives a key two different values: JSON.parse and Go take the last one, others the
 * first, and a document would say one thing to the one who checks it and another to the one who runs it.
 * @throws ImageError FORMAT
 */
export function assertOneReading(text: string, where: string): void {
  const tokens = new Tokens(text)
  passValue(tokens, where)
}

function passValue(tokens: Tokens, where: string, token = tokens.next()): void {
  if (token === '{') passObject(tokens, where)
  else if (token === '[') passArray(tokens, where)
}

function passObject(tokens: Tokens, where: string): void {
  const starts = new Map<string, number>()
  for (let token = tokens.next(); token !== '}'; token = tokens.next()) {
    if (token === ',') continue
    tokens.next()
    const key = unquote(token)
    const start = tokens.at
    const before = starts.get(key)
    starts.set(key, start)
    passValue(tokens, where)
    if (before !== undefined) assertSame(tokens, { before, start, key, where })
  }
}

function passArray(tokens: Tokens, where: string): void {
  for (let token = tokens.next(); token !== ']'; token = tokens.next()) {
    if (token !== ',') passValue(tokens, where, token)
  }
}

interface Twice {
  before: number
  start: number
  key: string
  where: string
}

function assertSame(tokens: Tokens, { before, start, key, where }: Twice): void {
  const end = tokens.at
  const [one, other] = [before, start].map((at) => {
    tokens.at = at
    return tokens.skip()
  })
  tokens.at = end
  if (one === other) return
  throw new ImageError('FORMAT', `${quoted(key)} is given twice, and differs`, {
    where,
    hint: 'readers differ in which one they take',
  })
}
