import { quoted } from '../spec/cut.js'
import { ImageError } from '../spec/errors.js'
import type { MtreeType } from './mtree.js'
import { visDecode } from './vis.js'

/** What an mtree file says about one file; what it does not say is absent. */
export interface MtreeFields {
  type: MtreeType
  size?: number
  uid?: number
  gid?: number
  mode?: number
  link?: Buffer
  nlink?: number
  mtimeSeconds?: bigint
  sha256?: string
  /** Extended attributes in the file's order. */
  xattrs: (readonly [name: Buffer, value: Buffer])[]
  /** Values of other keywords. */
  others: ReadonlyMap<string, string>
}

/** Values by keyword, as they are written. */
export type KeywordTexts = ReadonlyMap<string, string>

/**
 * Returns the values by keyword.
 * @throws ImageError FORMAT if one is given twice
 */
export function keywordTexts(words: readonly string[], where: string): Map<string, string> {
  const texts = new Map<string, string>()
  for (const word of words) {
    const [, keyword = word, value = ''] = ATTRIBUTE.exec(word) ?? /^([^=]+)=(.*)$/.exec(word) ?? []
    if (texts.has(keyword)) throw new ImageError('FORMAT', `${quoted(keyword)} is given twice`, { where })
    texts.set(keyword, value)
  }
  return texts
}

/** Matches an extended attribute: its name may have equals signs, too, so the first that base64 follows ends it. */
const ATTRIBUTE = /^(xattr\..+?)=((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/

/** Keywords that may stand for several files. What tells directories from others must stand on their own lines. */
const SHARED: ReadonlySet<string> = new Set(['type', 'uid', 'gid', 'uname', 'gname', 'mode', 'nlink', 'flags'])

/**
 * Returns the values that a `/set` line gives to the entries after it.
 * @throws ImageError UNSUPPORTED
 */
export function sharedTexts(words: readonly string[], where: string): KeywordTexts {
  const texts = keywordTexts(words, where)
  const other = [...texts.keys()].find((keyword) => !SHARED.has(keyword))
  if (other !== undefined) throw new ImageError('UNSUPPORTED', `/set ${quoted(other)} in an mtree file`, { where })
  const type = texts.get('type') ?? 'file'
  if (type === 'file') return texts
  throw new ImageError('UNSUPPORTED', '/set of a type in an mtree file', {
    where,
    expected: 'file',
    found: quoted(type),
  })
}

/**
 * Returns what an entry's keywords say.
 * @throws ImageError FORMAT
 */
export function fieldsOf(texts: KeywordTexts, where: string): MtreeFields {
  const fields: Omit<MtreeFields, 'type'> & Partial<Pick<MtreeFields, 'type'>> = { xattrs: [], others: new Map() }
  const others = new Map<string, string>()
  for (const [keyword, text] of texts) {
    const read = READERS[keyword]
    if (keyword.startsWith('xattr.')) fields.xattrs.push(attributeOf(keyword, text, where))
    else if (read === undefined) others.set(keyword, text)
    else Object.assign(fields, read(text, { keyword, where }))
  }
  const { type } = fields
  if (type === undefined) throw new ImageError('FORMAT', 'an entry has no type', { where })
  return { ...fields, type, others }
}

interface Place {
  keyword: string
  where: string
}

/** Readers of values by keyword. */
const READERS: Readonly<Record<string, (text: string, place: Place) => Partial<MtreeFields>>> = {
  type: (text, place) => ({ type: TYPES.get(text) ?? wrong(text, place) }),
  size: (text, place) => ({ size: numberOf(text, Number.MAX_SAFE_INTEGER, place) }),
  uid: (text, place) => ({ uid: numberOf(text, 2 ** 32 - 1, place) }),
  gid: (text, place) => ({ gid: numberOf(text, 2 ** 32 - 1, place) }),
  nlink: (text, place) => ({ nlink: numberOf(text, 2 ** 32 - 1, place) }),
  mode: (text, place) => ({ mode: /^0?[0-7]{1,4}$/.test(text) ? Number.parseInt(text, 8) : wrong(text, place) }),
  link: (text, { where }) => ({ link: visDecode(text, where) }),
  tar_time: (text, place) => ({ mtimeSeconds: secondsOf(text, place) }),
  sha256: digestOf,
  sha256digest: digestOf,
}

const TYPES: ReadonlyMap<string, MtreeType> = new Map(
  (['dir', 'file', 'link', 'fifo', 'char', 'block', 'socket'] as const).map((type) => [type, type]),
)

function numberOf(text: string, most: number, place: Place): number {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : wrong(text, place)
  return number <= most ? number : wrong(text, place)
}

/** The time within archives has no fraction. */
function secondsOf(text: string, place: Place): bigint {
  const [, seconds] = /^(-?\d{1,19})(?:\.0{1,9})?$/.exec(text) ?? []
  return seconds === undefined ? wrong(text, place) : BigInt(seconds)
}

function digestOf(text: string, place: Place): Partial<MtreeFields> {
  return { sha256: /^[0-9a-f]{64}$/.test(text) ? text : wrong(text, place) }
}

function attributeOf(keyword: string, text: string, where: string): readonly [Buffer, Buffer] {
  const value = Buffer.from(text, 'base64')
  if (value.toString('base64') !== text) return wrong(text, { keyword, where })
  return [visDecode(keyword.slice('xattr.'.length), where), value]
}

function wrong(text: string, { keyword, where }: Place): never {
  throw new ImageError('FORMAT', `not a value of ${quoted(keyword)}`, { where, found: quoted(text) })
}
