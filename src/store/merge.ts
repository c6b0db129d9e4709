import type { Descriptor, Index } from '../spec/parse.js'
import { printPlatform } from '../spec/platform.js'
import { familiarName } from '../spec/reference.js'
import type { Warn } from '../spec/warnings.js'
import { IMAGE_NAME, nameOf, REF_NAME } from './names.js'

/** Told when a newcomer gets its familiar name for a ref.name, since its tag is taken by another image. */
type OnTaken = (entry: Descriptor) => void

/** Tells of a newcomer that could not have its tag for a ref.name. */
export function warnOfTaken({ annotations }: Descriptor, warn: Warn): void {
  const message = `another image has its tag as ref.name; its own is its name, ${annotations?.[REF_NAME]}`
  warn({ code: 'REF_NAME_TAKEN', message, where: familiarName(annotations?.[IMAGE_NAME] ?? '') })
}

interface MergeOptions {
  /** What a bare tag is a tag of: the layout's directory name. */
  repository: string | undefined
  onTaken: OnTaken
}

/**
 * Adds entries to an index. A name that the index has moves to the newcomer: the old entry goes. Entries that stay are
 * not touched. An untagged image that is there already is not added again.
 */
export function mergeEntries(
  current: Index,
  newcomers: readonly Descriptor[],
  { repository, onTaken }: MergeOptions,
): Index {
  const name = (entry: Descriptor) => nameOf(entry, repository)
  const moved = new Set(newcomers.flatMap((entry) => name(entry) ?? []))
  const staying = (current.manifests ?? []).filter((entry) => !moved.has(name(entry) ?? ''))
  const merged = new Entries(name)
  for (const entry of staying) merged.add(entry)
  for (const newcomer of newcomers) {
    if (name(newcomer) === undefined && merged.hasContent(newcomer)) continue
    const isTaken = merged.hasRefOfAnother(newcomer)
    const entry = isTaken ? withFamiliarRef(newcomer, name(newcomer) ?? '') : newcomer
    if (isTaken) onTaken(entry)
    if (!merged.has(entry)) merged.add(entry)
  }
  return { ...current, manifests: inPlace(current, merged.list, name) }
}

/** Entries in their order, and in constant time what of a newcomer they have: an index may have 100,000. */
class Entries {
  readonly list: Descriptor[] = []
  readonly #keys = new Set<string>()
  readonly #counts = new Map<string, number>()

  constructor(readonly name: (entry: Descriptor) => string | undefined) {}

  add(entry: Descriptor): void {
    this.list.push(entry)
    this.#keys.add(entry.digest).add(sameness(entry))
    for (const key of Object.values(this.#refKeys(entry))) this.#counts.set(key, this.#count(key) + 1)
  }

  hasContent({ digest }: Descriptor): boolean {
    return this.#keys.has(digest)
  }

  has(entry: Descriptor): boolean {
    return this.#keys.has(sameness(entry))
  }

  /** Whether the ref.name that the newcomer wants is that of another image with another name. */
  hasRefOfAnother(newcomer: Descriptor): boolean {
    if (newcomer.annotations?.[REF_NAME] === undefined) return false
    const { ofRef, ofDigest, ofName, ofBoth } = this.#refKeys(newcomer)
    const own = this.#count(ofDigest) + this.#count(ofName) - this.#count(ofBoth)
    return this.#count(ofRef) > own
  }

  #count(key: string): number {
    return this.#counts.get(key) ?? 0
  }

  #refKeys(entry: Descriptor) {
    const ref = entry.annotations?.[REF_NAME]
    const name = this.name(entry)
    return {
      ofRef: JSON.stringify({ ref }),
      ofDigest: JSON.stringify({ ref, digest: entry.digest }),
      ofName: JSON.stringify({ ref, name: name ?? null }),
      ofBoth: JSON.stringify({ ref, digest: entry.digest, name: name ?? null }),
    }
  }
}

function withFamiliarRef(entry: Descriptor, fullName: string): Descriptor {
  return { ...entry, annotations: { ...entry.annotations, [REF_NAME]: familiarName(fullName) } }
}

/** One text for entries that say the same. */
function sameness({ digest, annotations, platform }: Descriptor): string {
  return JSON.stringify([digest, annotations?.[IMAGE_NAME], annotations?.[REF_NAME], printPlatform(platform)])
}

/** Puts entries whose name was there before where it was; the others follow. */
function inPlace(current: Index, merged: Descriptor[], name: (entry: Descriptor) => string | undefined): Descriptor[] {
  const positions = new Map((current.manifests ?? []).map((entry, at) => [name(entry) ?? entry.digest, at]))
  const position = (entry: Descriptor) => positions.get(name(entry) ?? entry.digest) ?? positions.size
  return merged
    .map((entry, at) => ({ entry, at }))
    .sort((a, b) => position(a.entry) - position(b.entry) || a.at - b.at)
    .map(({ entry }) => entry)
}
