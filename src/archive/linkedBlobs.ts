import type { Bytes } from '../bytes/bytes.js'
import { sum } from '../hashing/hash.js'
import { algorithmOf } from '../spec/digest.js'
import { ImageError } from '../spec/errors.js'
import { claimedDigest } from '../store/layout/layoutNames.js'
import type { TarEntry } from '../tar/entry.js'

interface Source {
  open(member: TarEntry): Bytes
  linked?: readonly string[]
}

/**
 * Blobs that are links out of the directory, as sandboxed builds make them. The directory's maker may have pointed them
 * at any file of this machine. So unless the target is the blob, no message reveals its content, hash or size.
 */
export class LinkedBlobs {
  readonly #paths: ReadonlySet<string>
  readonly #source: Source
  readonly #checked = new Map<TarEntry, Promise<void>>()

  constructor(source: Source) {
    this.#paths = new Set(source.linked)
    this.#source = source
  }

  /** True for a link out of the directory. */
  has(member: TarEntry): boolean {
    return this.#paths.has(member.path)
  }

  /** Reads a linked blob once before its bytes are used. @throws ImageError INTEGRITY if it is not the blob */
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

  /** Returns the failure without anything that reveals a link's target. */
  concealed(failure: unknown): unknown {
    const isTelling = failure instanceof ImageError && failure.code === 'INTEGRITY' && failure.found !== undefined
    return isTelling && this.#paths.size > 0 ? failure.withoutFound(HINT) : failure
  }
}

const HINT = 'some blobs are links out of the directory; their targets are not shown'

/** Runs work on an archive. Its failure reveals nothing of files outside the archive. */
export async function concealing<T>({ linked }: { linked: LinkedBlobs }, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (failure) {
    throw linked.concealed(failure)
  }
}
