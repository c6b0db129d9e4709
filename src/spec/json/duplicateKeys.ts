import { quoted } from '../cut.js'
import { ImageError } from '../errors.js'
import { Tokens, unquote } from './tokens.js'

/**
 * Refuses JSON in which an object gives a key two different values. JSON.parse and Go take the last one, others the
 * first. A document could show one value to its checker and another to its runner.
 * @throws ImageError FORMAT
 */
export function assertOneReading(text: string, where: string): void {
  const reading = { tokens: new Tokens(text), text, where, left: 4 * text.length }
  passValue(reading)
}

/** A text being read. */
interface Reading {
  tokens: Tokens
  text: string
  where: string
  /**
   * Number of characters that may be read again. Nested values that are given twice in different spelling would
   * otherwise be read once for each level.
   */
  left: number
}

function passValue(reading: Reading, token = reading.tokens.next()): void {
  if (token === '{') passObject(reading)
  else if (token === '[') passArray(reading)
}

/** The place of a value in the text. */
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

/** True if two values are the same except for white space; false if the comparison would take too long. */
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
  return new ImageError('FORMAT', `${quoted(key)} is given twice, with different values`, {
    where,
    hint: 'readers disagree on which one to use',
  })
}
