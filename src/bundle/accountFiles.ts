/** Largest ID that every runtime accepts: systems of 32 bits have it signed. */
export const LAST_ID = 2 ** 31 - 1

/** Returns the ID that digits say; undefined for any other text, and beyond the last ID. */
export function idOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d+$/.test(text)) return undefined
  const id = Number(text)
  return id <= LAST_ID ? id : undefined
}

/**
 * Yields the fields of each line of /etc/passwd or /etc/group, one character a byte. Empty lines and comments are left
 * out (passwd(5), group(5)).
 */
export function* accountLines(file: Buffer): Generator<string[]> {
  for (let start = 0; start < file.length; ) {
    const found = file.indexOf(0x0a, start)
    const end = found === -1 ? file.length : found
    const line = file.toString('latin1', start, end).replace(/^[\t\v\f\r ]+|[\t\v\f\r ]+$/g, '')
    start = end + 1
    if (line !== '' && !line.startsWith('#')) yield line.split(':')
  }
}
