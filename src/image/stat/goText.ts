/** Characters that Go prints as they are within quotes (strconv.IsPrint). */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
])

/** Returns a text in quotes, with the escapes of Go (strconv.Quote). Nothing in it acts on a terminal. */
export function goQuote(text: string): string {
  return `"${Array.from(text.toWellFormed(), escaped).join('')}"`
}

function escaped(character: string): string {
  const known = ESCAPES.get(character)
  if (known !== undefined) return known
  if (PRINTABLE.test(character)) return character
  const code = character.codePointAt(0) ?? 0
  const hex = (digits: number) => code.toString(16).padStart(digits, '0')
  if (code < 0x20 || code === 0x7f) return `\\x${hex(2)}`
  return code > 0xffff ? `\\U${hex(8)}` : `\\u${hex(4)}`
}

/** Returns a text in quotes if these change it, else as it is. */
export function quotedIfOdd(text: string): string {
  const quoted = goQuote(text)
  return quoted === `"${text}"` ? text : quoted
}

/** Returns a value as it is, unless it is empty, has white space, or quotes change it. */
export function quotedValue(text: string): string {
  return text === '' || /\p{White_Space}/u.test(text) ? goQuote(text) : quotedIfOdd(text)
}

/** Prints bytes for people with four digits and a decimal unit (docker/go-units, HumanSize). */
export function humanSize(bytes: number): string {
  let size = bytes
  let unit = 0
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000
    unit++
  }
  return `${Number(size.toPrecision(4))}${UNITS[unit]}`
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/**
 * Returns rows in columns as wide as their longest cells and a space, at least four; the last column is not padded
 * (text/tabwriter).
 */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 4, lengthOf(cell) + 1)
  }
  return rows.map((row) =>
    row.map((cell, at) => (at === row.length - 1 ? cell : padded(cell, widths[at] ?? 0))).join(''),
  )
}

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(width - lengthOf(cell))
}

/** Returns the number of characters, of which some have two units. */
function lengthOf(text: string): number {
  return Array.from(text).length
}
