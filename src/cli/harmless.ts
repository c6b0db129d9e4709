import { cutShort } from '../spec/cut.js'

/**
 * Matches controls, format characters (which reverse or hide text), line and paragraph separators, and lone surrogates.
 */
const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/**
 * Escapes characters of foreign text that could act on the terminal, break the line, or make one name look like
 * another.
 */
export function oneLine(text: string): string {
  return text.replace(HARMFUL, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code > 0xffff ? `\\u{${code.toString(16)}}` : escaped(code)
  })
}

/** Returns a foreign text on one line, cut to `most` characters. */
export function oneShortLine(text: string, most?: number): string {
  return cutShort(oneLine(cutShort(text, most)), most)
}

/** Prints JSON on one line that is safe for terminals and means the same. */
export function jsonLine(value: unknown): string {
  // JSON.stringify has escaped lone surrogates; a pair becomes two escapes.
  return `${harmlessJSON(JSON.stringify(value))}\n`
}

/** Does the same for a text of several lines with tabs. JSON means the same afterwards. */
export function harmlessLines(text: string): string {
  return text.replace(/[^\n\t]+/g, harmlessJSON)
}

/** Returns JSON without line breaks with escapes for everything that could act on a terminal. */
export function harmlessJSON(json: string): string {
  return json.replace(HARMFUL, (character) =>
    [...Array(character.length).keys()].map((at) => escaped(character.charCodeAt(at))).join(''),
  )
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`
}
