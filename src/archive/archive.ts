import { type Bytes, readAll, tooLarge } from '../bytes/bytes.js'
import type { Context } from '../bytes/context.js'
import { mapParallel } from '../bytes/mapParallel.js'
import { HEAD, type Looks, lookAt } from '../bytes/sniff.js'
import { sum } from '../hashing/hash.js'
import type { Layer } from '../layer/layer.js'
import { assertClaim, type Sum } from '../spec/claim.js'
import { type Algorithm, algorithmOf, type Digest } from '../spec/digest.js'
import { ImageError } from '../spec/errors.js'
import type { Warning } from '../spec/warnings.js'
import { claimedDigest } from '../store/layout/layoutNames.js'
import type { Ending } from '../tar/ending.js'
import type { TarEntry } from '../tar/entry.js'
import type { Members } from '../tar/members.js'
import { LinkedBlobs } from './linkedBlobs.js'
import { rootFolder } from './root.js'

/** Contents of an archive as a door read them: the entries, and a way to open each. */
export interface Contents<E extends TarEntry = TarEntry> {
  members: Members<E>
  /** Returns the bytes of a file from `start` on. They may end after `enough` bytes where that saves reading. */
  open(member: E, start?: number, enough?: number): Bytes
  /** Sums of files that were stored unchanged while the archive was passing. */
  passed?: ReadonlyMap<TarEntry, Sum>
  /** Looks of files, taken while the archive was passing. */
  looks?: ReadonlyMap<TarEntry, Looks>
  /** How the archive ended, and its paths that lead out; a directory has neither. */
  ending?: Ending
  outside?: readonly string[]
  /** Blobs that are links out of the directory. */
  linked?: readonly string[]
  /** Layers that were stored while the archive was passing. */
  stored?: ReadonlyMap<TarEntry, Promise<Layer>>
  /** Those of `stored` that kept their original bytes. */
  kept?: ReadonlySet<TarEntry>
}

const NONE: ReadonlyMap<TarEntry, Promise<Layer>> = new Map()

/** An archive of images, through whichever door it came. It finds members by path. */
export class Archive {
  /** The name that the user gave, for messages. */
  readonly name: string
  /** Budget, documents, warnings and progress of the run. */
  readonly context: Context
  /** Blobs that are links out of the directory. */
  readonly linked: LinkedBlobs
  /** The folder of the images. */
  readonly #root: string
  readonly #contents: Contents
  readonly #looks = new Map<TarEntry, Looks>()
  readonly #sums = new Map<string, Map<TarEntry, Promise<Sum>>>()
  /** By the first of several files of one path: true if they are the same. */
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

  /** The folder of the images, with a slash at its end; empty for the top. Paths are relative to it. */
  get root(): string {
    return this.#root
  }

  /** True for an unpacked archive: a directory shows nothing of the archive's form. */
  get isDirectory(): boolean {
    return this.#contents.ending === undefined
  }

  /** True if it has no end marker: it may have been cut off between two members. */
  get isCut(): boolean {
    return this.#contents.ending?.marked === false
  }

  /** Returns the archive's own entry at this path, of any kind. Links are not followed. */
  entry(path: string): TarEntry | undefined {
    return this.#contents.members.at(this.#root + path)
  }

  /** Cleaned paths of all members. */
  *paths(): Iterable<string> {
    for (const path of this.#contents.members.paths()) {
      if (path.startsWith(this.#root)) yield path.slice(this.#root.length)
    }
  }

  /**
   * Returns the file at this path, links followed. @throws ImageError UNSAFE; FORMAT if there are several that differ
   */
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
      const message = 'the archive has this file more than once, with the same content'
      this.#warnOnce({ code: 'DUPLICATE_MEMBER', message, where: path })
      return first
    }
    throw new ImageError('FORMAT', 'the archive has this file more than once, with different content', {
      where: path,
      hint: 'readers disagree on which one to use; make the archive again',
    })
  }

  /** Returns a file of at most `limit` bytes; undefined if there is none. */
  async read(path: string, limit: number): Promise<Buffer | undefined> {
    const member = await this.find(path)
    return member && this.readMember(member, { limit, where: path })
  }

  /** Returns a file of at most `limit` bytes. */
  async readMember(member: TarEntry, { limit, where }: { limit: number; where: string }): Promise<Buffer> {
    await this.linked.assert(member)
    if (member.size > limit) throw tooLarge(where, limit)
    return readAll(this.open(member), { limit, where })
  }

  /** Returns the bytes of a file as the archive has them, from `start` on. */
  open(member: TarEntry, start?: number): Bytes {
    return this.#contents.open(member, start)
  }

  /** Returns the look of a file, judged by its first bytes. */
  async looks(member: TarEntry): Promise<Looks> {
    const known = this.#contents.looks?.get(member) ?? this.#looks.get(member)
    if (known !== undefined) return known
    const looks = await lookAt(this.#contents.open(member, 0, HEAD))
    this.#looks.set(member, looks)
    return looks
  }

  /** Warns once, since a file may be asked for many times. */
  #warnOnce(warning: Warning): void {
    const key = `${warning.code} ${warning.where}`
    if (this.#told.has(key)) return
    this.#told.add(key)
    this.context.warn(warning)
  }

  /** Checks a blob that has passed against the digest in its name. Other blobs are checked when they are read. */
  #assertName(member: TarEntry): void {
    const passed = this.#contents.passed?.get(member)
    const digest = claimedDigest(member.path)
    if (passed === undefined || digest === undefined || algorithmOf(digest) !== algorithmOf(passed.digest)) return
    assertClaim(passed, { digest, size: passed.size }, member.path)
  }

  /** Returns size and digest of a file; for a file that has passed, by the algorithm used then. */
  async sum(member: TarEntry, algorithm: Algorithm = 'sha256'): Promise<Sum> {
    const passed = this.#contents.passed?.get(member)
    if (passed !== undefined) return passed
    const sums = this.#sums.get(algorithm) ?? new Map<TarEntry, Promise<Sum>>()
    const known = sums.get(member) ?? sum(this.open(member), algorithm)
    this.#sums.set(algorithm, sums.set(member, known))
    return known
  }

  /** True if files of one path are the same. Compares them once, since a path may be named many times. */
  #areAlike(first: TarEntry, members: readonly TarEntry[]): Promise<boolean> {
    const known = this.#alike.get(first) ?? this.#compare(members)
    this.#alike.set(first, known)
    return known
  }

  async #compare(members: readonly TarEntry[]): Promise<boolean> {
    const digests = await mapParallel(members, this.context.jobs, { work: (member) => this.#digestOf(member) })
    return new Set(digests).size === 1
  }

  /** Returns the digest of a file's bytes; for a layer that was recompressed while passing, its diffID. */
  async #digestOf(member: TarEntry): Promise<Digest> {
    const layer = await this.#contents.stored?.get(member)
    if (layer === undefined) return (await this.sum(member)).digest
    return this.#contents.kept?.has(member) === true ? layer.digest : layer.diffID
  }
}
