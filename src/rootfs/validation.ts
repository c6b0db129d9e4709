import { quoted } from '../spec/cut.js'
import { ImageError } from '../spec/errors.js'
import { fileSum } from './fileSum.js'
import { mtreeEntryOf, type UnnamedEntry } from './mtreeEntry.js'
import type { MtreeFields } from './mtreeKeywords.js'
import { shown } from './names.js'
import { type Seen, scan, type Tree } from './scan.js'

/** What to compare. */
export interface Validation {
  /** Path of the mtree file, and its name for messages. */
  mtree: string
  where: string
  /** The keywords to compare; those of the file if absent. */
  keywords: readonly string[] | undefined
  /** Further ones. */
  added: readonly string[]
}

/** The keywords that umoci records. */
export const UMOCI_KEYWORDS = 'size,type,uid,gid,mode,link,nlink,tar_time,sha256digest,xattr'.split(',')

/** Other names of keywords. */
const SYNONYMS: Readonly<Record<string, string>> = {
  md5: 'md5digest',
  rmd160: 'ripemd160digest',
  rmd160digest: 'ripemd160digest',
  ripemd160: 'ripemd160digest',
  sha1: 'sha1digest',
  sha256: 'sha256digest',
  sha384: 'sha384digest',
  sha512: 'sha512digest',
  xattrs: 'xattr',
}

/** Algorithms by the keywords of their digests. */
const DIGESTS: Readonly<Record<string, string>> = {
  md5digest: 'md5',
  ripemd160digest: 'ripemd160',
  sha1digest: 'sha1',
  sha256digest: 'sha256',
  sha384digest: 'sha384',
  sha512digest: 'sha512',
}

/** Values as they are written, by keyword; each extended attribute has a keyword of its own. */
type Values = ReadonlyMap<string, string>

/** Compares a tree with an mtree file, by any keywords. */
export class Validator {
  readonly #tree: Tree
  readonly #records: Map<string, MtreeFields>
  readonly #keywords: Set<string>
  readonly #differences: string[] = []

  /** @throws ImageError UNSUPPORTED for an unknown keyword */
  constructor(
    tree: Tree,
    records: Map<string, MtreeFields>,
    { keywords, added }: Pick<Validation, 'keywords' | 'added'>,
  ) {
    this.#tree = tree
    this.#records = records
    // Without the type no comparison makes sense.
    const all = ['type', ...(keywords ?? usedIn(records.values())), ...added]
    this.#keywords = new Set(all.map((keyword) => SYNONYMS[keyword] ?? keyword))
    // Flags are those of other systems: no file has any here.
    this.#keywords.delete('flags')
    for (const keyword of this.#keywords) assertKnown(keyword)
  }

  /** Looks at everything; yields after each object, for others to have their turn. */
  *find(): Generator<void> {
    for (const sight of scan(this.#tree)) {
      if (sight !== '..') this.#take(sight)
      yield
    }
  }

  /** Returns a line for each difference, after all was looked at. */
  list(): string[] {
    const missing = [...this.#records.keys()].map((path) => `${JSON.stringify(shown(path))}: missing path`)
    return [...this.#differences, ...missing]
  }

  #take(seen: Seen): void {
    const record = this.#records.get(seen.path)
    this.#records.delete(seen.path)
    const path = JSON.stringify(shown(seen.path))
    if (record === undefined) {
      this.#differences.push(`${path}: unexpected path`)
      return
    }
    const [old, now] = [this.#wanted(recordedValues(record)), this.#wanted(this.#valuesOf(seen))]
    alignTimes(old, now)
    for (const keyword of new Set([...old.keys(), ...now.keys()])) {
      const [expected = '', got = ''] = [old.get(keyword), now.get(keyword)]
      if (expected === got) continue
      this.#differences.push(
        `${path}: keyword ${JSON.stringify(shown(keyword))}: expected ${shown(expected)}; got ${shown(got)}`,
      )
      return
    }
  }

  /** Keeps the values that are to be compared; a time of either kind stands for the other. */
  #wanted(values: Values): Map<string, string> {
    const wanted = (keyword: string) => this.#keywords.has(keyword.startsWith('xattr.') ? 'xattr' : keyword)
    const isTime = (keyword: string) => /^(?:tar_)?time$/.test(keyword) && (wanted('time') || wanted('tar_time'))
    return new Map([...values].filter(([keyword]) => wanted(keyword) || isTime(keyword)))
  }

  #valuesOf(seen: Seen): Map<string, string> {
    const entry = mtreeEntryOf(seen, this.#tree)
    const { seconds, nanoseconds } = seen.found.mtime
    const values = entryValues(entry)
    if (this.#keywords.has('tar_time')) values.set('tar_time', `${seconds}`)
    else if (this.#keywords.has('time')) values.set('time', `${seconds}.${`${nanoseconds}`.padStart(9, '0')}`)
    if (seen.found.kind !== 'file') return values
    for (const [keyword, algorithm] of Object.entries(DIGESTS)) {
      if (this.#keywords.has(keyword)) values.set(keyword, this.#sum(seen, algorithm))
    }
    return values
  }

  #sum({ at, name, found }: Seen, algorithm: string): string {
    const { calls, access } = this.#tree
    const file = access.open(at, name, found)
    if (file === undefined) return ''
    try {
      return fileSum(file, algorithm)
    } finally {
      calls.close(file)
    }
  }
}

/** Compares whole seconds where one side has nothing else. */
function alignTimes(...sides: [Map<string, string>, Map<string, string>]): void {
  if (!sides.some((values) => values.has('tar_time'))) return
  for (const values of sides) {
    const time = values.get('time')
    values.delete('time')
    if (time !== undefined && !values.has('tar_time')) values.set('tar_time', time.replace(/\..*/, ''))
  }
}

function entryValues({ type, size, uid, gid, mode, nlink, link, xattrs = [] }: UnnamedEntry): Map<string, string> {
  const values = new Map([
    ['type', type],
    ['size', `${size}`],
    ['uid', `${uid}`],
    ['gid', `${gid}`],
    ['mode', printedMode(mode)],
    ['nlink', `${nlink}`],
  ] as [string, string][])
  if (link !== undefined) values.set('link', link.toString('latin1'))
  for (const [name, value] of xattrs) values.set(`xattr.${name}`, value.toString('base64'))
  return values
}

function recordedValues({ others, ...record }: MtreeFields): Map<string, string> {
  const values = new Map<string, string>([['type', record.type]])
  const add = (keyword: string, value: string | undefined) => value !== undefined && values.set(keyword, value)
  for (const keyword of ['size', 'uid', 'gid', 'nlink'] as const) add(keyword, record[keyword]?.toString())
  add('mode', record.mode === undefined ? undefined : printedMode(record.mode))
  add('link', record.link?.toString('latin1'))
  add('tar_time', record.mtimeSeconds?.toString())
  add('sha256digest', record.sha256)
  for (const [name, value] of record.xattrs) add(`xattr.${name.toString('latin1')}`, value.toString('base64'))
  for (const [keyword, value] of others) add(SYNONYMS[keyword] ?? keyword, value)
  return values
}

function printedMode(mode: number): string {
  return mode === 0 ? '0' : `0${mode.toString(8)}`
}

function usedIn(records: Iterable<MtreeFields>): Set<string> {
  const used = new Set<string>()
  for (const record of records) {
    for (const keyword of recordedValues(record).keys()) used.add(keyword.startsWith('xattr.') ? 'xattr' : keyword)
  }
  return used
}

function assertKnown(keyword: string): void {
  if (UMOCI_KEYWORDS.includes(keyword) || keyword === 'time' || DIGESTS[keyword] !== undefined) return
  throw new ImageError('UNSUPPORTED', 'this keyword of an mtree file cannot be compared', { found: quoted(keyword) })
}
