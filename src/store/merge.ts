import { ImageError } from '../spec/errors.js'
import { groupBy } from '../spec/groupBy.js'
import { inPlace, placesOf } from '../spec/json/inPlace.js'
import type { Descriptor, Index } from '../spec/parse.js'
import { printPlatform } from '../spec/platform.js'
import { familiarName } from '../spec/reference.js'
import type { Warn } from '../spec/warnings.js'
import { IMAGE_NAME, nameOf, REF_NAME } from './names.js'

/** Called when a new entry's tag is already another image's ref.name; the entry then uses its familiar name. */
type OnTaken = (entry: Descriptor) => void

/** Warns that a new entry could not use its tag as its ref.name. */
export function warnOfTaken({ annotations }: Descriptor, warn: Warn): void {
  const message = `another image uses its tag as ref.name; this one uses its name, ${annotations?.[REF_NAME]}`
  warn({ code: 'REF_NAME_TAKEN', message, where: familiarName(annotations?.[IMAGE_NAME] ?? '') })
}

interface AddOptions {
  /** The repository of bare tags: the layout's directory name. */
  repository: string | undefined
  onTaken: OnTaken
}

/** A name that moves to another image. */
export interface Move {
  name: string
  /** Digests. */
  from: string
  to: string
}

interface MergeOptions extends AddOptions {
  /** Called before a name moves; may throw to refuse it. */
  onMoved: (move: Move) => void
  /**
   * True for entries that are about an image and may share its name, since they have none of their own. If absent,
   * there are none.
   */
  isBeside?: (entry: Descriptor) => boolean
}

/** Returns the entries of an index whose names the newcomers use for other content. */
export function namesakesIn(
  current: Index,
  newcomers: readonly Descriptor[],
  repository: string | undefined,
): Descriptor[] {
  const arriving = new Arriving(newcomers, repository)
  return (current.manifests ?? []).filter((entry) => arriving.hasName(entry) && !arriving.hasImage(entry))
}

/** The names and images that arrive. Lookups take constant time: there may be 100,000 entries of one name. */
class Arriving {
  readonly #keys = new Set<string>()
  readonly #repository: string | undefined

  constructor(newcomers: readonly Descriptor[], repository: string | undefined) {
    this.#repository = repository
    for (const entry of newcomers) {
      const { name, image, exact } = this.#keysOf(entry)
      for (const key of [name, image, exact]) this.#keys.add(key)
    }
  }

  hasName(entry: Descriptor): boolean {
    return nameOf(entry, this.#repository) !== undefined && this.#keys.has(this.#keysOf(entry).name)
  }

  /** True if the newcomers have this name for the same image. */
  hasImage(entry: Descriptor): boolean {
    return this.hasName(entry) && this.#keys.has(this.#keysOf(entry).image)
  }

  /** True if the newcomers have this name for the same image and do not state another platform for it. */
  hasEntry(entry: Descriptor): boolean {
    const { open, exact } = this.#keysOf(entry)
    return this.hasImage(entry) && (open === exact || this.#keys.has(open) || this.#keys.has(exact))
  }

  #keysOf(entry: Descriptor) {
    const name = nameOf(entry, this.#repository) ?? null
    const platform = printPlatform(entry.platform) ?? null
    const keyOf = (...parts: (string | null)[]) => JSON.stringify([name, ...parts])
    const { digest } = entry
    return {
      name: keyOf(),
      image: keyOf(digest),
      /** Key of an entry that states no platform. */
      open: keyOf(digest, null),
      exact: keyOf(digest, platform),
    }
  }
}

/** Warns that a name moves to another image. */
export function warnOfMove({ name, from, to }: Move, warn: Warn): void {
  const message = `the layout used this name for ${from}; it now names ${to}`
  warn({ code: 'NAME_MOVED', message, where: familiarName(name) })
}

/** Refuses to move a name. */
export function refuseMove({ name, from, to }: Move): never {
  throw new ImageError('EXISTS', 'the layout has this name for another image', {
    where: familiarName(name),
    expected: from,
    found: to,
    hint: 'give the new image another name with --tag, or omit --no-replace to move the name',
  })
}

/**
 * Adds entries to an index. A name that the index already has moves to the newcomer, and the old entry is removed.
 * Other entries stay as they are. An entry that is there already is not added again, nor is an image without a name
 * that is there under one.
 */
export function mergeEntries(current: Index, newcomers: readonly Descriptor[], options: MergeOptions): Index {
  const { repository, onMoved, isBeside = () => false } = options
  const name = (entry: Descriptor) => nameOf(entry, repository)
  const before = current.manifests ?? []
  const arriving = new Arriving(newcomers, repository)
  const byName = groupBy(newcomers, (entry) => JSON.stringify([name(entry), isBeside(entry)]))
  const going = new Set<Descriptor>()
  for (const entry of namesakesIn(current, newcomers, repository)) {
    const [taker] = byName.get(JSON.stringify([name(entry), isBeside(entry)])) ?? []
    if (taker === undefined) continue
    going.add(entry)
    onMoved({ name: name(entry) ?? '', from: entry.digest, to: taker.digest })
  }
  // An entry that arrives again may have changed, so it replaces the old one. An entry of another platform stays, even
  // if its manifest is the same.
  const staying = before.filter((entry) => !going.has(entry) && !arriving.hasEntry(entry))
  const known = new Set(before.map(({ digest }) => digest))
  const named = new Set(newcomers.filter((entry) => name(entry) !== undefined).map(({ digest }) => digest))
  const isNews = (entry: Descriptor) => name(entry) !== undefined || !known.has(entry.digest) || named.has(entry.digest)
  const merged = withNewcomers(staying, newcomers.filter(isNews), options)
  const keysOf = (entry: Descriptor) => [sameness(entry), name(entry) ?? entry.digest]
  return { ...current, manifests: inPlace(merged, keysOf, placesOf(before, keysOf)) }
}

/** Appends newcomers to entries. A newcomer whose ref.name belongs to another image uses its familiar name instead. */
export function withNewcomers(
  entries: readonly Descriptor[],
  newcomers: readonly Descriptor[],
  { repository, onTaken }: AddOptions,
): Descriptor[] {
  const name = (entry: Descriptor) => nameOf(entry, repository)
  const merged = new Entries(name)
  for (const entry of entries) merged.add(entry)
  for (const newcomer of newcomers) {
    const isTaken = merged.hasRefOfAnother(newcomer)
    const entry = isTaken ? withFamiliarRef(newcomer, name(newcomer) ?? '') : newcomer
    if (isTaken) onTaken(entry)
    if (!merged.has(entry)) merged.add(entry)
  }
  return merged.list
}

/** Entries in order, with lookups in constant time: an index may have 100,000. */
class Entries {
  readonly list: Descriptor[] = []
  readonly #keys = new Set<string>()
  readonly #counts = new Map<string, number>()

  constructor(readonly name: (entry: Descriptor) => string | undefined) {}

  add(entry: Descriptor): void {
    this.list.push(entry)
    this.#keys.add(sameness(entry))
    for (const key of Object.values(this.#refKeys(entry))) this.#counts.set(key, this.#count(key) + 1)
  }

  has(entry: Descriptor): boolean {
    return this.#keys.has(sameness(entry))
  }

  /**
   * True if an entry of another image and of another name has the newcomer's ref.name: if more entries have it than are of
   * the same image or of the same name, where those that are both count once.
   */
  hasRefOfAnother(newcomer: Descriptor): boolean {
    if ((newcomer.annotations?.[REF_NAME] ?? '') === '') return false
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

/** Returns the same text for entries that state the same. */
function sameness({ digest, annotations, platform }: Descriptor): string {
  return JSON.stringify([digest, annotations?.[IMAGE_NAME], annotations?.[REF_NAME], printPlatform(platform)])
}
