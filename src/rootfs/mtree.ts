import { visEncode } from './vis.js'

/** What the comments at the start of an mtree file say about its making. */
export interface MtreeHeader {
  user?: string
  machine?: string
  /** Path of the directory. */
  tree: string
  /** Of its making, as {@link asctime} prints it. */
  date: string
}

/** Kinds of files, as mtree calls them. */
export type MtreeType = 'dir' | 'file' | 'link' | 'fifo' | 'char' | 'block' | 'socket'

/** What an mtree file says about one file. */
export interface MtreeEntry {
  /** The last part of its path; any for the root. */
  name: Buffer
  type: MtreeType
  size: number
  uid: number
  gid: number
  /** Twelve bits. */
  mode: number
  /** Target of a symbolic link. */
  link?: Buffer
  nlink: number
  /** Rounded down. */
  mtimeSeconds: number | bigint
  /** Hex digits, of a regular file. */
  sha256?: string
  /** Extended attributes of a regular file or a directory, in the order in which the system lists them. */
  xattrs?: readonly (readonly [name: Buffer | string, value: Buffer])[]
}

/** An entry: if it is a directory, what follows is in it; or the end of a directory. */
export type MtreeStep = MtreeEntry | '..'

/** Characters of a piece of text. */
const PIECE = 64 * 1024

/**
 * Yields an mtree file in pieces of ASCII text, as umoci writes it. Steps are depth-first, from the root; within a
 * directory come first the other files, then the directories, each by the bytes of their names.
 */
export function* mtreeText(header: MtreeHeader, steps: Iterable<MtreeStep>): Generator<string> {
  const lines = new MtreeLines()
  let text = headerText(header)
  for (const step of steps) {
    text += step === '..' ? lines.leave() : lines.enter(step)
    if (text.length < PIECE) continue
    yield text
    text = ''
  }
  yield text
}

const KEYWORDS = 'size,type,uid,gid,mode,link,nlink,tar_time,sha256digest,xattr'

function headerText({ user, machine, tree, date }: MtreeHeader): string {
  const facts = Object.entries({ user, machine, tree, date, keywords: KEYWORDS })
  const comments = facts.map(([name, value]) => value && `#${`${name}: `.padStart(16)}${onOneLine(value)}\n`)
  return comments.join('')
}

/**
 * Prints a local time as C's asctime() does, but for the padding of the day. Not for a thread whose root is an image: the
 * time zone is read from its files.
 */
export function asctime(date: Date): string {
  const [day, month, dayOfMonth, year, time] = `${date}`.split(' ')
  return `${day} ${month} ${Number(dayOfMonth)} ${time} ${year}`
}

/** Encodes the ends of lines: a path must not add lines to the file. */
function onOneLine(text: string): string {
  return text.replace(/[\n\r]/g, (end) => visEncode(Buffer.from(end)))
}

/** Most characters of a directory's path in its comment; readers take lines of up to 64 KiB. */
const MOST_OF_PATH = 16 * 1024

/** Makes the lines of an mtree file. */
class MtreeLines {
  /** Paths of the directories that are open, for comments. */
  readonly #paths: string[] = []
  /** Owner that lines without one have. */
  #owner: Pick<MtreeEntry, 'uid' | 'gid'> | undefined

  enter(entry: MtreeEntry): string {
    if (entry.type !== 'dir') return `    ${visEncode(entry.name)}${this.#keywords(entry)}\n`
    const above = this.#paths.at(-1)
    const name = above === undefined ? '.' : visEncode(entry.name)
    const path = pathBelow(above, name)
    this.#paths.push(path)
    return `\n# ${path}\n${this.#setOwner(entry)}${name}${this.#keywords(entry)}\n`
  }

  leave(): string {
    this.#paths.pop()
    return '..\n'
  }

  #setOwner({ uid, gid }: MtreeEntry): string {
    if (this.#owner?.uid === uid && this.#owner.gid === gid) return ''
    this.#owner = { uid, gid }
    return `/set type=file nlink=1 mode=0664 uid=${uid} gid=${gid}\n`
  }

  #keywords(entry: MtreeEntry): string {
    const { type, size, uid, gid, mode, link, nlink, mtimeSeconds, sha256 } = entry
    let text = ` size=${size}`
    if (type !== 'file') text += ` type=${type}`
    if (uid !== this.#owner?.uid) text += ` uid=${uid}`
    if (gid !== this.#owner?.gid) text += ` gid=${gid}`
    if (mode !== 0o664) text += mode === 0 ? ' mode=0' : ` mode=0${mode.toString(8)}`
    if (link !== undefined) text += ` link=${visEncode(link)}`
    if (nlink !== 1) text += ` nlink=${nlink}`
    text += ` tar_time=${mtimeSeconds}.000000000`
    if (sha256 !== undefined) text += ` sha256digest=${sha256}`
    return entry.xattrs === undefined ? text : text + xattrText(entry.xattrs)
  }
}

/** Returns a path for comments. Readers do not need it, so a long one is not made longer. */
function pathBelow(above: string | undefined, name: string): string {
  if (above === undefined || above === '.') return name
  return above.length + name.length < MOST_OF_PATH ? `${above}/${name}` : above
}

/** Most bytes of an attribute's value, and of all their names, that umoci reads. Beyond that, it sees no attributes. */
const MOST_OF_XATTR = 1024

/** Most characters of all attributes: readers take lines of up to 64 KiB. */
const MOST_OF_XATTRS = 48 * 1024

type Attribute = NonNullable<MtreeEntry['xattrs']>[number]

/** Returns the attributes that a line records: all of them, or none where umoci sees none. */
export function recordedXattrs<T extends Attribute>(xattrs: readonly T[]): readonly T[] {
  return xattrs.length === 0 || xattrText(xattrs) === '' ? [] : xattrs
}

function xattrText(xattrs: readonly Attribute[]): string {
  let names = 0
  let text = ''
  for (const [name, value] of xattrs) {
    const bytes = typeof name === 'string' ? Buffer.from(name, 'latin1') : name
    names += bytes.length + 1
    if (value.length > MOST_OF_XATTR || names > MOST_OF_XATTR) return ''
    text += ` xattr.${visEncode(bytes)}=${value.toString('base64')}`
  }
  return text.length > MOST_OF_XATTRS ? '' : text
}
