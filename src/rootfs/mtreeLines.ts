import { ImageError } from '../spec/errors.js'

/** A line that says something. */
export interface MtreeLine {
  words: string[]
  /** For messages: file and number of the line. */
  place: string
}

/** More than the longest line that a file system's limits allow: umoci cannot read more than this either. */
const MOST_OF_LINE = 64 * 1024

/**
 * Yields the words of each line, comments and empty lines left out. A backslash at the end of a line joins it with the
 * next one.
 * @throws ImageError FORMAT for anything but ASCII
 */
export function* mtreeLines(bytes: Buffer, where: string): Generator<MtreeLine> {
  let joined = ''
  let number = 0
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(0x0a, start)
    const end = found === -1 ? bytes.length : found
    const place = `${where}, line ${++number}`
    if (end - start + joined.length > MOST_OF_LINE)
      throw new ImageError('FORMAT', 'a line is too long', { where: place })
    const line = joined + bytes.toString('latin1', start, end)
    start = end + 1
    const goesOn = isContinued(line)
    joined = goesOn ? line.slice(0, -1) : ''
    if (goesOn || /^[ \t]*(#|\r?$)/.test(line)) continue
    if (!/^[\t\x20-\x7e]*\r?$/.test(line)) throw new ImageError('FORMAT', 'a line is not all ASCII', { where: place })
    yield { words: line.trim().split(/[ \t]+/), place }
  }
  if (joined !== '') throw new ImageError('FORMAT', 'the last line is not complete', { where })
}

/** True if the backslash at the end of a line is not itself escaped. Comments end with their line. */
function isContinued(line: string): boolean {
  return line.endsWith('\\') && !/^[ \t]*#/.test(line) && (/\\+$/.exec(line)?.[0].length ?? 0) % 2 === 1
}
