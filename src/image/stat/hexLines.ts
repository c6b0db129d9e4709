/** The most bytes that are shown. */
const MOST_SHOWN = 256

const LINE = 16

/** Returns bytes as xxd prints them: offset, hex in pairs, text. Of many it shows the first. */
export function hexLines(bytes: Buffer): string[] {
  const lines: string[] = []
  const end = Math.min(bytes.length, MOST_SHOWN)
  for (let at = 0; at < end; at += LINE) lines.push(hexLine(bytes.subarray(at, Math.min(at + LINE, end)), at))
  if (bytes.length > MOST_SHOWN) lines.push(`....  (extra ${bytes.length - MOST_SHOWN} bytes omitted)`)
  return lines
}

function hexLine(bytes: Buffer, offset: number): string {
  const hex = bytes
    .toString('hex')
    .padEnd(2 * LINE)
    .replace(/.{4}(?=.)/g, '$& ')
  const text = Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte)
    return GRAPHIC.test(character) ? character : '.'
  })
  return `${offset.toString(16).padStart(4, '0')}: ${hex}  ${text.join('')}`
}

/** Characters of Latin-1 that Go shows (unicode.IsGraphic). */
const GRAPHIC = /[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]/u
