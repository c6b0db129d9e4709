/** Maximum length of a foreign text, or of a sentence with one, in messages. */
const MOST = 300

/** Returns the start of a text, at most `most` characters and an ellipsis. */
export function cutShort(text: string | number, most = MOST): string {
  const line = String(text)
  return line.length <= most ? line : `${piece(line, 0, most)}…`
}

/** Returns both ends of a sentence, since our own words surround the foreign text. */
export function cutWithin(text: string, most = MOST): string {
  if (text.length <= most) return text
  const end = Math.floor(most / 3)
  return `${piece(text, 0, most - end - 1)}…${piece(text, text.length - end, text.length)}`
}

/** Returns a text in quotes with escapes, cut to about the maximum length. */
export function quoted(text: string): string {
  return JSON.stringify(text.slice(0, MOST + 1))
}

/** Leaves room for the words before the list. */
const MOST_OF_LIST = MOST - 20

/** Returns the texts that a sentence has room for, and the number of others. */
export function listShort(texts: readonly string[], most = texts.length): string {
  let list = cutShort(texts[0] ?? '', MOST_OF_LIST)
  let count = 1
  for (const text of texts.slice(1, most)) {
    if (list.length + text.length + 2 > MOST_OF_LIST) break
    list += `, ${text}`
    count++
  }
  return texts.length > count ? `${list} and ${texts.length - count} more` : list
}

/** Returns a copy, since a slice would keep the whole text in memory. It splits no surrogate pair. */
function piece(text: string, start: number, end: number): string {
  const from = isTrail(text.charCodeAt(start)) ? start + 1 : start
  const to = isTrail(text.charCodeAt(end)) ? end - 1 : end
  return Buffer.from(text.slice(from, to), 'utf16le').toString('utf16le')
}

function isTrail(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}
