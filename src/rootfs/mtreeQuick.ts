import type { MtreeType } from './mtree.js'
import type { MtreeFields } from './mtreeKeywords.js'

/** Values that a `/set` line gives, read once for all entries after it. */
export type SharedFields = Partial<Pick<MtreeFields, 'type' | 'uid' | 'gid' | 'mode' | 'nlink'>>

const NO_XATTRS: MtreeFields['xattrs'] = []
const NO_OTHERS: MtreeFields['others'] = new Map()

const NUMBER = /^\d{1,9}$/
const SIZE = /^\d{1,15}$/
const MODE = /^0[0-7]{0,4}$/
const TIME = /^-?\d{1,15}\.0{9}$/
const SHA256 = /^[0-9a-f]{64}$/

const TYPES: ReadonlySet<string> = new Set(['dir', 'file', 'fifo', 'char', 'block', 'socket'] satisfies MtreeType[])

/**
 * Reads the keywords of an entry as umoci writes nearly all of them, without the detours that others need. Returns
 * undefined for anything else, also for what is wrong.
 */
export function quickFields(words: readonly string[], shared: SharedFields): MtreeFields | undefined {
  const fields: Partial<MtreeFields> = { type: 'file', ...shared, xattrs: NO_XATTRS, others: NO_OTHERS }
  let last = -1
  for (const word of words) {
    const at = word.indexOf('=')
    const position = ORDER.get(word.slice(0, at))
    // umoci's order is fixed, so none is given twice.
    if (position === undefined || position <= last || !READERS[position]?.(fields, word.slice(at + 1))) return undefined
    last = position
  }
  // Safe: the type is set above.
  return fields as MtreeFields
}

type Reader = (fields: Partial<MtreeFields>, text: string) => boolean

const KEYWORDS: readonly (readonly [string, Reader])[] = [
  ['size', (fields, text) => SIZE.test(text) && set(fields, 'size', Number(text))],
  // Safe: these are types.
  ['type', (fields, text) => TYPES.has(text) && set(fields, 'type', text as MtreeType)],
  ['uid', (fields, text) => NUMBER.test(text) && set(fields, 'uid', Number(text))],
  ['gid', (fields, text) => NUMBER.test(text) && set(fields, 'gid', Number(text))],
  ['mode', (fields, text) => MODE.test(text) && set(fields, 'mode', Number.parseInt(text, 8))],
  ['nlink', (fields, text) => NUMBER.test(text) && set(fields, 'nlink', Number(text))],
  ['tar_time', (fields, text) => TIME.test(text) && set(fields, 'mtimeSeconds', BigInt(text.slice(0, -10)))],
  ['sha256digest', (fields, text) => SHA256.test(text) && set(fields, 'sha256', text)],
]

const ORDER: ReadonlyMap<string, number> = new Map(KEYWORDS.map(([keyword], at) => [keyword, at]))
const READERS: readonly Reader[] = KEYWORDS.map(([, reader]) => reader)

function set<Key extends keyof MtreeFields>(fields: Partial<MtreeFields>, key: Key, value: MtreeFields[Key]): true {
  fields[key] = value
  return true
}
