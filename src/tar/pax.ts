import { ImageError } from '../spec/errors.js'

/**
 * Records of a PAX extended header, by keyword; a later one replaces an earlier one (POSIX pax, extended header).
 * Values stay bytes, since some are no text.
 * @throws ImageError FORMAT if a record's length is not its length
 */
export function parsePax(body: Uint8Array): Map<string, Buffer> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const records = new Map<string, Buffer>()
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] === 0) break
    const space = bytes.indexOf(0x20, at)
    const length = space < 0 ? Number.NaN : decimal(bytes.toString('latin1', at, space))
    const equals = bytes.indexOf(0x3d, space)
    const end = at + length
    if (!(end <= bytes.length && equals > space && equals < end && bytes[end - 1] === 0x0a)) {
      throw new ImageError('FORMAT', 'a PAX header is damaged', { found: `no record at its byte ${at}` })
    }
    records.set(bytes.toString('utf8', space + 1, equals), bytes.subarray(equals + 1, end - 1))
    at = end
  }
  return records
}

/** A decimal number in a PAX record, or not a number. */
export function decimal(text: string): number {
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN
  return value <= Number.MAX_SAFE_INTEGER ? value : Number.NaN
}
