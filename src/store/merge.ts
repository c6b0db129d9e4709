import { ImageError } from '../spec/errors.js'
import { groupBy } from '../spec/groupBy.js'
import { inPlace, placesOf } from '../spec/json/inPlace.js'
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

interface AddOptions {
  /** What a bare tag is a tag of: the layout's directory name. */
  repository: string | undefined
  onTaken: OnTaken
}

/** A name that goes to another image. */
export interface Move {
  name: string
  /** Digests. */
  from: string
  to: string
}

interface MergeOptions extends AddOptions {
  /** Told before a name moves; may throw to refuse it. */
  onMoved: (move: Move) => void
  /** True of what has no name of its own, since it is about an image that may have the same: none, if absent. */
  isBeside?: (entry: Descriptor) => boolean
}

/** Entries of an index whose names newcomers have for other content. */
export function namesakesIn(
  current: Index,
  newcomers: readonly Descriptor[],
  repository: string | undefined,
): Descriptor[] {
  const arriving = new Arriving(newcomers, repository)
  return (current.manifests ?? []).filter((entry) => arriving.hasName(entry) && !arriving.hasImage(entry))
}

/** What arrives under which names, found in constant time: there may be 100,000 of one name. */
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

  /** True if the same image has the name. */
  hasImage(entry: Descriptor): boolean {
    return this.hasName(entry) && this.#keys.has(this.#keysOf(entry).image)
  }

  /** True if an entry of the image under the name is there that does not state another platform. */
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
      /** Of one that states no platform. */
      open: keyOf(digest, null),
      exact: keyOf(digest, platform),
    }
  }
}

/** Tells of a name that goes to another image. */
export function warnOfMove({ name, from, to }: Move, warn: Warn): void {
  const message = `the layout had this name for ${from}; now it is that of ${to}`
  warn({ code: 'NAME_MOVED', message, where: familiarName(name) })
}

/** Refuses to move a name. */
export function refuseMove({ name, from, to }: Move): never {
  throw new ImageError('EXISTS', 'the layout has this name for another image', {
    where: familiarName(name),
    expected: from,
    found: to,
    hint: 'give the newcomer another name with --tag, or leave --no-replace out to move the name',
  })
}

/**
 * Adds entries to an index. A name that the index has moves to the newcomer: the old entry goes. Entries that stay are
 * not touched. What is there already is not added again, nor an image without a name that is there under one.
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
  // What comes again may say something else now, but not of another platform, though that has the same manifest.
  const staying = before.filter((entry) => !going.has(entry) && !arriving.hasEntry(entry))
  const known = new Set(before.map(({ digest }) => digest))
  const named = new Set(newcomers.filter((entry) => name(entry) !== undefined).map(({ digest }) => digest))
  const isNews = (entry: Descriptor) => name(entry) !== undefined || !known.has(entry.digest) || named.has(entry.digest)
  const merged = withNewcomers(staying, newcomers.filter(isNews), options)
  const keysOf = (entry: Descriptor) => [sameness(entry), name(entry) ?? entry.digest]
  return { ...current, manifests: inPlace(merged, keysOf, placesOf(before, keysOf)) }
}

/** The entries and behind them the newcomers; those that are of one tag with another image get their names for it. */
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

/** Entries in their order, and in constant time what of a newcomer they have: an index may have 100,000. */
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

/** One text for entries that say the same. */
function sameness({ digest, annotations, platform }: Descriptor): string {
  return JSON.stringify([digest, annotations?.[IMAGE_NAME], annotations?.[REF_NAME], printPlatform(platform)])
}
