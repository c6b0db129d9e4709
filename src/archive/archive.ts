import { type Bytes, readAll, tooLarge } from '../bytes/bytes.js'
import type { Context } from '../bytes/context.js'
import { mapParallel } from '../bytes/mapParallel.js'
import { HEAD, type Looks, lookAt } from '../bytes/sniff.js'
import { type Sum, sum } from '../hashing/hash.js'
import { assertClaim } from '../hashing/verify.js'
import type { Layer } from '../layer/pipeline.js'
import { type Algorithm, algorithmOf, type Digest } from '../spec/digest.js'
import { ImageError } from '../spec/errors.js'
import type { Warning } from '../spec/warnings.js'
import { claimedDigest } from '../store/layout/layoutFiles.js'
import type { TarEntry } from '../tar/entry.js'
import type { Members } from '../tar/members.js'
import type { Ending } from '../tar/read.js'
import { LinkedBlobs } from './linkedBlobs.js'
import { rootFolder } from './root.js'

/** What a door found: the entries, and how to read one. */
export interface Contents<E extends TarEntry = TarEntry> {
  members: Members<E>
  /** The bytes of a file, from `start` on; they may end when there are `enough`, where that saves reading. */
  open(member: E, start?: number, enough?: number): Bytes
  /** What files turned out to be that were stored as they are while the archive was passing. */
  passed?: ReadonlyMap<TarEntry, Sum>
  /** What files looked like while the archive was passing. */
  looks?: ReadonlyMap<TarEntry, Looks>
  /** How the archive ended, and what paths of it lead out; a directory does neither. */
  ending?: Ending
  outside?: readonly string[]
  /** Blobs that are links out of the directory. */
  linked?: readonly string[]
  /** Layers that were stored while the archive was passing. */
  stored?: ReadonlyMap<TarEntry, Promise<Layer>>
  /** Those of them that were stored with the bytes they came with. */
  kept?: ReadonlySet<TarEntry>
}

const NONE: ReadonlyMap<TarEntry, Promise<Layer>> = new Map()

/** An archive of images that can be looked into, by whichever door it came: its members, found by path. */
export class Archive {
  /** For messages: how the user named it. */
  readonly name: string
  /** What may be held and done for what the archive says, and what was read of it. */
  readonly context: Context
  /** Files of it that are not its own. */
  readonly linked: LinkedBlobs
  /** The folder that the images are in. */
  readonly #root: string
  readonly #contents: Contents
  readonly #looks = new Map<TarEntry, Looks>()
  readonly #sums = new Map<string, Map<TarEntry, Promise<Sum>>>()
  /** By the first of several files of one path: whether they are the same. */
  readonly #alike = new Map<TarEntry, Promise<boolean>>()
  readonly #told = new Set<string>()

  constructor(name: string, contents: Contents, context: Context) {
    this.name = name
    this.context = context
    this.#root = rootFolder(() => contents.members.paths(), name) ?? ''
    this.#contents = contents
    this.linked = new LinkedBlobs(contents)
  }

  /** Files that were stored as layers while the archive was passing. */
  get stored(): ReadonlyMap<TarEntry, Promise<Layer>> {
    return this.#contents.stored ?? NONE
  }

  /** The folder that the images are in, with a slash at its end; empty for the top. Paths are relative to it. */
  get root(): string {
    return this.#root
  }

  /** Whether it is unpacked: a directory says nothing of the form that the archive had. */
  get isDirectory(): boolean {
    return this.#contents.ending === undefined
  }

  /** True if it has no end marker: it may have been cut off between two members. */
  get isCut(): boolean {
    return this.#contents.ending?.marked === false
  }

  /** What the archive itself has at this path, of whatever kind; links are not followed. */
  entry(path: string): TarEntry | undefined {
    return this.#contents.members.at(this.#root + path)
  }

  /** Cleaned paths of all members. */
  *paths(): Iterable<string> {
    for (const path of this.#contents.members.paths()) {
      if (path.startsWith(this.#root)) yield path.slice(this.#root.length)
    }
  }

  /** The file at this path, links followed. @throws ImageError FORMAT if there are several that differ, UNSAFE */
  async find(path: string): Promise<TarEntry | undefined> {
    await this.context.breathe()
    const found = this.#contents.members.find(this.#root + path)
    const [first] = found
    if (first === undefined) return undefined
    this.#assertName(first)
    if (first.unknownType !== undefined) {
      const message = `its type in the archive, ${JSON.stringify(first.unknownType)}, is unknown; it is read as a file`
      this.#warnOnce({ code: 'UNKNOWN_TYPE', message, where: path })
    }
    if (found.length === 1) return first
    if (await this.#areAlike(first, found)) {
      const message = 'the archive has this file more than once; they are the same'
      this.#warnOnce({ code: 'DUPLICATE_MEMBER', message, where: path })
      return first
    }
    throw new ImageError('FORMAT', 'the archive has this file more than once, and they differ', {
      where: path,
      hint: 'readers disagree on which one to use; make the archive again',
    })
  }

  /** A file of at most `limit` bytes; undefined if there is none. */
  async read(path: string, limit: number): Promise<Buffer | undefined> {
    const member = await this.find(path)
    return member && this.readMember(member, { limit, where: path })
  }

  /** A file of at most `limit` bytes. */
  async readMember(member: TarEntry, { limit, where }: { limit: number; where: string }): Promise<Buffer> {
    await this.linked.assert(member)
    if (member.size > limit) throw tooLarge(where, limit)
    return readAll(this.open(member), { limit, where })
  }

  /** The bytes of a file as the archive has them, from `start` on. */
  open(member: TarEntry, start?: number): Bytes {
    return this.#contents.open(member, start)
  }

  /** What a file looks like from its first bytes. */
  async looks(member: TarEntry): Promise<Looks> {
    const known = this.#contents.looks?.get(member) ?? this.#looks.get(member)
    if (known !== undefined) return known
    const looks = await lookAt(this.#contents.open(member, 0, HEAD))
    this.#looks.set(member, looks)
    return looks
  }

  /** A file may be asked for many times. */
  #warnOnce(warning: Warning): void {
    const key = `${warning.code} ${warning.where}`
    if (this.#told.has(key)) return
    this.#told.add(key)
    this.context.warn(warning)
  }

  /** What has passed under the name of a blob has to be that blob; what has not is checked when it is read. */
  #assertName(member: TarEntry): void {
    const passed = this.#contents.passed?.get(member)
    const digest = claimedDigest(member.path)
    if (passed === undefined || digest === undefined || algorithmOf(digest) !== algorithmOf(passed.digest)) return
    assertClaim(passed, { digest, size: passed.size }, member.path)
  }

  /** What a file's bytes are; of what has passed, by the algorithm that was used then. */
  async sum(member: TarEntry, algorithm: Algorithm = 'sha256'): Promise<Sum> {
    const passed = this.#contents.passed?.get(member)
    if (passed !== undefined) return passed
    const sums = this.#sums.get(algorithm) ?? new Map<TarEntry, Promise<Sum>>()
    const known = sums.get(member) ?? sum(this.open(member), algorithm)
    this.#sums.set(algorithm, sums.set(member, known))
    return known
  }

  /** Whether files of one path are the same: found out once, since a path may be named many times. */
  #areAlike(first: TarEntry, members: readonly TarEntry[]): Promise<boolean> {
    const known = this.#alike.get(first) ?? this.#compare(members)
    this.#alike.set(first, known)
    return known
  }

  async #compare(members: readonly TarEntry[]): Promise<boolean> {
    const digests = await mapParallel(members, this.context.jobs, { work: (member) => this.#digestOf(member) })
    return new Set(digests).size === 1
  }

  /** Tells files apart by their bytes; those that were recompressed as they passed, by their diffID. */
  async #digestOf(member: TarEntry): Promise<Digest> {
    const layer = await this.#contents.stored?.get(member)
    if (layer === undefined) return (await this.sum(member)).digest
    return this.#contents.kept?.has(member) === true ? layer.digest : layer.diffID
  }
}
