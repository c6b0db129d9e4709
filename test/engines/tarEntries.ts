import { digestOf } from '../../src/spec/digest.js'

/** An entry of a tar as it stands. */
export interface RawEntry {
  name: string
  /** Where its header is. */
  offset: number
  /** Every field of the header but the name and the checksum, without what fills it up. */
  fields: Record<string, string>
  content: Buffer
}

/** Where the fields of a header are (ustar). */
const FIELDS = {
  mode: [100, 108],
  uid: [108, 116],
  gid: [116, 124],
  size: [124, 136],
  mtime: [136, 148],
  type: [156, 157],
  link: [157, 257],
  magic: [257, 265],
  uname: [265, 297],
  gname: [297, 329],
  devmajor: [329, 337],
  devminor: [337, 345],
  prefix: [345, 500],
} as const
const CHECKSUM = [148, 156] as const

/** Splits a tar into its entries; the last one is what comes after all of them. */
export function tarEntries(bytes: Buffer): RawEntry[] {
  const entries: RawEntry[] = []
  let offset = 0
  while (offset < bytes.length && bytes[offset] !== 0) {
    const header = bytes.subarray(offset, offset + 512)
    const fields = Object.fromEntries(Object.entries(FIELDS).map(([name, range]) => [name, text(header, range)]))
    const size = Number.parseInt(fields.size ?? '', 8)
    const content = bytes.subarray(offset + 512, offset + 512 + size)
    entries.push({ name: text(header, [0, 100]), offset, fields, content })
    offset += 512 + Math.ceil(size / 512) * 512
  }
  return [...entries, { name: '(end)', offset, fields: {}, content: bytes.subarray(offset) }]
}

/** What is in an entry; nothing if there is none of this name. */
export function contentOf(bytes: Buffer, name: string): Buffer {
  return tarEntries(bytes).find((entry) => entry.name === name)?.content ?? Buffer.alloc(0)
}

/** A copy without an entry. */
export function withoutEntry(bytes: Buffer, name: string): Buffer {
  const entries = tarEntries(bytes)
  const at = entries.findIndex((entry) => entry.name === name)
  const [from, to] = [entries[at]?.offset, entries[at + 1]?.offset]
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
}

/** A copy in which no time is said of entries of these names. */
export function withoutTimes(bytes: Buffer, names: ReadonlySet<string>): Buffer {
  const copy = Buffer.from(bytes)
  for (const { name, offset } of tarEntries(bytes)) {
    if (!names.has(name)) continue
    for (const [from, to] of [FIELDS.mtime, CHECKSUM]) copy.fill(0, offset + from, offset + to)
  }
  return copy
}

/** A copy in which an entry has other content of the same length. */
export function withContent(bytes: Buffer, name: string, change: (content: Buffer) => Buffer): Buffer {
  const copy = Buffer.from(bytes)
  const content = contentOf(copy, name)
  change(content).copy(content)
  return copy
}

/** What is not the same in two tars, a line each. */
export function differences(ours: Buffer, theirs: Buffer): string[] {
  const [own, other] = [tarEntries(ours), tarEntries(theirs)]
  const lines = [...namesMissing('theirs', own, other), ...namesMissing('ours', other, own)]
  if (lines.length > 0) return lines
  return own.flatMap((entry, at) => entryDifferences(entry, other[at] ?? entry))
}

function namesMissing(side: string, entries: readonly RawEntry[], others: readonly RawEntry[]): string[] {
  const names = new Set(others.map(({ name }) => name))
  return entries.filter(({ name }) => !names.has(name)).map(({ name }) => `${name}: not in ${side}`)
}

function entryDifferences(ours: RawEntry, theirs: RawEntry): string[] {
  if (ours.name !== theirs.name) return [`${ours.name}: where theirs has ${theirs.name}`]
  const names = Object.keys(FIELDS).filter((name) => ours.fields[name] !== theirs.fields[name])
  const lines = names.map((name) => `${ours.name}: ${name} ours ${ours.fields[name]}, theirs ${theirs.fields[name]}`)
  if (ours.content.equals(theirs.content)) return lines
  return [...lines, `${ours.name}: ours ${shown(ours.content)}`, `${ours.name}: theirs ${shown(theirs.content)}`]
}

function shown(content: Buffer): string {
  const isText = content.length < 20_000 && !content.includes(0)
  return isText ? content.toString() : `${content.length} bytes, ${digestOf(content)}`
}

function text(header: Buffer, [from, to]: readonly [number, number]): string {
  return header.toString('latin1', from, to).replace(/\0+$/, '')
}
