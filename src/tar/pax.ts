import { ImageError } from '../spec/errors.js'

/** Records with text; no reader accepts a NUL in them. */
const TEXTS = new Set(['path', 'linkpath', 'uname', 'gname'])

const WHOLE = /^[+-]?[0-9]{1,18}$/
const DECIMAL = /^[+-]?[0-9]{1,18}(\.[0-9]*)?$/

/** Records with numbers, except for the size; readers refuse an entry with other values. */
const NUMBERS = { uid: WHOLE, gid: WHOLE, mtime: DECIMAL, atime: DECIMAL, ctime: DECIMAL }

/**
 * Returns the records of a PAX extended header by keyword; a later one replaces an earlier one (POSIX pax, extended
 * header). Values stay bytes, since some are not text; keywords are binary strings, since attributes' names are in them.
 * @throws ImageError FORMAT for a wrong record length or a missing keyword; UNSAFE for a NUL in a name
 */
export function parsePax(body: Uint8Array): Map<string, Buffer> {
  return new Map(paxRecords(body))
}

/** Returns all records in their order. */
export function paxRecords(body: Uint8Array): [string, Buffer][] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const records: [string, Buffer][] = []
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at)
    const length = space < 0 ? Number.NaN : decimal(bytes.toString('latin1', at, space))
    const equals = bytes.indexOf(0x3d, space)
    const end = at + length
    if (!(end <= bytes.length && equals > space + 1 && equals < end && bytes[end - 1] === 0x0a)) {
      throw new ImageError('FORMAT', 'a PAX header is damaged', { found: `no record at its byte ${at}` })
    }
    const key = bytes.toString('latin1', space + 1, equals)
    const value = bytes.subarray(equals + 1, end - 1)
    if ((TEXTS.has(key) ? value : key).includes('\0')) throw hasNUL(key)
    records.push([key, value])
    at = end
  }
  return records
}

/** @throws ImageError FORMAT for an invalid number, even one that no image depends on; an empty value is fine */
export function assertPaxNumbers(records: ReadonlyMap<string, Buffer>): void {
  for (const [key, form] of Object.entries(NUMBERS)) {
    const value = records.get(key)?.toString('latin1') ?? ''
    if (value === '' || form.test(value)) continue
    throw new ImageError('FORMAT', `the ${key} in a PAX header is not a number`, { found: JSON.stringify(value) })
  }
}

/** Returns a decimal number of a PAX record, or NaN. */
export function decimal(text: string): number {
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN
  return value <= Number.MAX_SAFE_INTEGER ? value : Number.NaN
}

/** Returns the failure for a NUL: only some readers end the name there. */
function hasNUL(key: string): ImageError {
  return new ImageError('UNSAFE', 'a PAX header has a NUL in a name', {
    found: JSON.stringify(Buffer.from(key, 'latin1').toString()),
  })
}
