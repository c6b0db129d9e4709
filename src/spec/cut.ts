/** The most characters of one foreign text, or of one sentence about it, in what is told. */
const MOST = 300

/** The start of a text, in as many characters as one may take. */
export function cutShort(text: string | number, most = MOST): string {
  const line = String(text)
  return line.length <= most ? line : `${piece(line, 0, most)}…`
}

/** Both ends of a sentence, since what we say about a foreign text stands around it. */
export function cutWithin(text: string, most = MOST): string {
  if (text.length <= most) return text
  const end = Math.floor(most / 3)
  return `${piece(text, 0, most - end - 1)}…${piece(text, text.length - end, text.length)}`
}

/** A text in quotes, with escapes, as far as it can be told. */
export function quoted(text: string): string {
  return JSON.stringify(text.slice(0, MOST + 1))
}

/** Leaves room for what a sentence says before the list. */
const MOST_OF_LIST = MOST - 20

/** As many of the texts as a sentence has room for, and how many more there are. */
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

/** A copy, since a slice would keep all of the text in memory; a pair of surrogates at its ends is not torn. */
function piece(text: string, start: number, end: number): string {
  const from = isTrail(text.charCodeAt(start)) ? start + 1 : start
  const to = isTrail(text.charCodeAt(end)) ? end - 1 : end
  return Buffer.from(text.slice(from, to), 'utf16le').toString('utf16le')
}

function isTrail(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}
