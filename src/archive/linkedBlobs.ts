import type { Bytes } from '../bytes/bytes.js'
import { sum } from '../hashing/hash.js'
import { algorithmOf } from '../spec/digest.js'
import { ImageError } from '../spec/errors.js'
import { claimedDigest } from '../store/layout/layoutFiles.js'
import type { TarEntry } from '../tar/entry.js'

interface Source {
  open(member: TarEntry): Bytes
  linked?: readonly string[]
}

/**
 * Blobs of a directory that are links out of it, as builds in sandboxes have them. Whoever made the directory may have
 * led them to any file of this machine: unless it is the blob, nobody is told what it is, nor its hash, nor its size.
 */
export class LinkedBlobs {
  readonly #paths: ReadonlySet<string>
  readonly #source: Source
  readonly #checked = new Map<TarEntry, Promise<void>>()

  constructor(source: Source) {
    this.#paths = new Set(source.linked)
    this.#source = source
  }

  /** True of a file that is a link out of the directory. */
  has(member: TarEntry): boolean {
    return this.#paths.has(member.path)
  }

  /** Reads a linked blob, once, before anything is made of its bytes. @throws ImageError INTEGRITY unless it is the blob */
  async assert(member: TarEntry): Promise<void> {
    if (!this.has(member)) return
    const check = this.#checked.get(member) ?? this.#check(member)
    this.#checked.set(member, check)
    await check
  }

  async #check(member: TarEntry): Promise<void> {
    const expected = claimedDigest(member.path)
    if (expected !== undefined) {
      const { digest } = await sum(this.#source.open(member), algorithmOf(expected))
      if (digest === expected) return
    }
    throw new ImageError('INTEGRITY', 'digest differs', { where: member.path, hint: HINT })
  }

  /** The failure as it may be told. */
  concealed(failure: unknown): unknown {
    const isTelling = failure instanceof ImageError && failure.code === 'INTEGRITY' && failure.found !== undefined
    return isTelling && this.#paths.size > 0 ? failure.withoutFound(HINT) : failure
  }
}

const HINT = 'blobs of the directory are links out of it; what these lead to is not told'

/** Runs work on an archive, whose failure tells nothing of what is not the archive's. */
export async function concealing<T>({ linked }: { linked: LinkedBlobs }, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (failure) {
    throw linked.concealed(failure)
  }
}
