import { cutShort } from '../spec/cut.js'

/** Controls, formats (which turn text round, or hide it), breaks of lines and paragraphs, and halves of surrogate pairs. */
const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** Names in archives may hold anything: nothing of it may act on the terminal, break the line, or pass for another name. */
export function oneLine(text: string): string {
  return text.replace(HARMFUL, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code > 0xffff ? `\\u{${code.toString(16)}}` : escaped(code)
  })
}

/** A foreign text on one line, in no more characters than that. */
export function oneShortLine(text: string, most?: number): string {
  return cutShort(oneLine(cutShort(text, most)), most)
}

/** JSON on one line, which means the same and does nothing to a terminal. */
export function jsonLine(value: unknown): string {
  // Halves of pairs are escaped by now, and of a pair JSON escapes both.
  const json = JSON.stringify(value).replace(HARMFUL, (character) =>
    [...Array(character.length).keys()].map((at) => escaped(character.charCodeAt(at))).join(''),
  )
  return `${json}\n`
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`
}
