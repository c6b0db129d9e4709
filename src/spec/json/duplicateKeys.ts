import { quoted } from '../cut.js'
import { ImageError } from '../errors.js'
import { Tokens, unquote } from './tokens.js'

/**
 * Refuses JSON in which an object gives a key two different values: JSON.parse and Go take the last one, others the
 * first, and a document would say one thing to the one who checks it and another to the one who runs it.
 * @throws ImageError FORMAT
 */
export function assertOneReading(text: string, where: string): void {
  const reading = { tokens: new Tokens(text), text, where, left: 4 * text.length }
  passValue(reading)
}

/** A text that is read. */
interface Reading {
  tokens: Tokens
  text: string
  where: string
  /**
   * As many characters may be read once more: of values within each other, given twice in different spelling, each
   * would be read as often as it lies deep.
   */
  left: number
}

function passValue(reading: Reading, token = reading.tokens.next()): void {
  if (token === '{') passObject(reading)
  else if (token === '[') passArray(reading)
}

/** Where in the text a value is. */
interface Span {
  start: number
  end: number
}

function passObject(reading: Reading): void {
  const { tokens } = reading
  const spans = new Map<string, Span>()
  for (let token = tokens.next(); token !== '}'; token = tokens.next()) {
    if (token === ',') continue
    tokens.next()
    const key = unquote(token)
    const start = tokens.at
    passValue(reading)
    const before = spans.get(key)
    const span = { start, end: tokens.at }
    if (before !== undefined && !isSame(reading, before, span)) throw twice(key, reading)
    spans.set(key, span)
  }
}

function passArray(reading: Reading): void {
  const { tokens } = reading
  for (let token = tokens.next(); token !== ']'; token = tokens.next()) {
    if (token !== ',') passValue(reading, token)
  }
}

/** Whether two values are the same but for white space; false if it takes too long to tell. */
function isSame(reading: Reading, one: Span, other: Span): boolean {
  const { tokens, text } = reading
  if (text.slice(one.start, one.end) === text.slice(other.start, other.end)) return true
  reading.left -= one.end - one.start + other.end - other.start
  if (reading.left < 0) return false
  const [first, second] = [one, other].map(({ start }) => {
    tokens.at = start
    return tokens.skip()
  })
  tokens.at = other.end
  return first === second
}

function twice(key: string, { where }: Reading): ImageError {
  return new ImageError('FORMAT', `${quoted(key)} is given twice, and differs`, {
    where,
    hint: 'readers disagree on which one to use',
  })
}
