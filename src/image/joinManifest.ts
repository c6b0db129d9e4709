import type { BrokenItem, Item } from '../docker/read/item.js'
import { assertCount, layerCount } from '../layer/check.js'
import { tableOf } from '../layer/nodeTable.js'
import type { Budget } from '../spec/budget.js'
import { attempt, ImageError } from '../spec/errors.js'
import { groupBy } from '../spec/groupBy.js'
import { isWasmLayer } from '../spec/mediaTypes.js'
import type { Descriptor } from '../spec/parse.js'
import { tagOf } from '../spec/reference.js'
import type { Warn, Warning } from '../spec/warnings.js'
import { claimedDigest } from '../store/layout/layoutNames.js'
import { named, nameOf, unnamed } from '../store/names.js'
import type { Node } from '../store/nodes.js'
import type { IndexedImage, Listed } from './listed.js'
import { isOther, OtherManifests } from './otherManifests.js'

/** The nodes that some entries of an index reach: all entries of one content share them. */
type Reached = readonly Node[]

/** Gives images of the index the names that manifest.json has for them. */
export class ManifestJoiner {
  readonly #warn: Warn
  readonly #budget: Pick<Budget, 'steps'>
  readonly #images: ReadonlyMap<Reached, IndexedImage[]>
  /** By digest of a config. */
  readonly #reaching = new Map<string, Reached[]>()
  /** Digests of configs of items that replace index entries. */
  readonly #rebuilt: ReadonlySet<string>
  readonly #carriers = new Map<string, Set<Reached>>()
  readonly #waiting = new Map<IndexedImage, Waiting>()
  #others: OtherManifests | undefined

  constructor(listed: readonly Listed[], { warn, budget }: { warn: Warn; budget: Pick<Budget, 'steps'> }) {
    this.#warn = warn
    this.#budget = budget
    this.#rebuilt = new Set(listed.flatMap((one) => (one.kind === 'item' ? one.item.config.digest : [])))
    this.#images = groupBy(
      listed.filter((one) => one.kind === 'index'),
      ({ nodes }) => nodes,
    )
    for (const [reached, images] of this.#images) {
      for (const digest of tableOf(reached).byConfig.keys()) {
        const reaching = this.#reaching.get(digest) ?? []
        reaching.push(reached)
        this.#reaching.set(digest, reaching)
      }
      for (const { entries } of images) for (const entry of entries) this.#carries(nameOf(entry, undefined), reached)
    }
  }

  /**
   * Gives the names of an item to its image in the index, and notes the item if its files remain to be checked. A name
   * needs no new entry if an entry that reaches the image has it.
   * @returns false if the index lacks the image
   */
  async adopt(item: Item): Promise<boolean> {
    const { config, names } = item
    const reaching = this.#reaching.get(config.digest)
    if (reaching === undefined) return this.#rebuilt.has(config.digest)
    this.#budget.steps.take((reaching.length - 1) * item.layers.length)
    const claim = { ...item, config: config.digest }
    const isThere = reaching.some((reached) => hasFilesOf(claim, reached))
    await attempt(`image ${names[0] ?? config.digest}`, async () => {
      if (!isThere || !reaching.some((reached) => isOfOtherLayers(claim, reached))) {
        assertCount(item.diffIDs.length, item.layers.length)
      }
      if (!isThere) assertNoneMore(claim, reaching)
    })
    const images = this.#imagesOf(reaching)
    if (!isThere) images[0]?.unchecked.push(item)
    this.#nameAll(images, claim)
    return true
  }

  /**
   * Passes over an item whose config is not an image's, if the index has something else with exactly these files: Docker
   * and containerd list everything that has a manifest in manifest.json, artifacts included. It gets no names of
   * manifest.json, which belong to images.
   * @returns false if the index has no such manifest
   */
  passOver(item: BrokenItem): boolean {
    if (!(item.failure instanceof ImageError) || item.failure.code !== 'FORMAT') return false
    this.#others ??= new OtherManifests(this.#images, this.#budget)
    const lacking = this.#others.namesBeside(item)
    for (const name of lacking ?? []) this.#warn(notItsName(name))
    return lacking !== undefined
  }

  #imagesOf(reaching: readonly Reached[]): IndexedImage[] {
    const images = reaching.flatMap((reached) => this.#images.get(reached) ?? [])
    this.#budget.steps.take(images.length)
    return images
  }

  #nameAll(images: readonly IndexedImage[], { names, config }: Claim): void {
    for (const name of names) if (!this.#isKnown(name, config)) this.#name(images, name)
  }

  #carries(name: string | undefined, reached: Reached): void {
    if (name === undefined) return
    const carriers = this.#carriers.get(name) ?? new Set()
    this.#carriers.set(name, carriers.add(reached))
  }

  #isKnown(name: string, config: string): boolean {
    const carriers = [...(this.#carriers.get(name) ?? [])]
    this.#budget.steps.take(carriers.length)
    return carriers.some((reached) => tableOf(reached).byConfig.has(config))
  }

  /** Gives a name to the entry that waits for it, or to a new one. */
  #name(images: readonly IndexedImage[], name: string): void {
    this.#budget.steps.take(images.length)
    const tag = tagOf(name)
    const [first] = images
    const owner =
      images.find((one) => this.#waitingOf(one).hasTag(tag)) ??
      images.find((one) => this.#waitingOf(one).hasNameless()) ??
      first
    const [model] = owner?.entries ?? []
    if (owner === undefined || model === undefined) return
    const at = this.#waitingOf(owner).next(tag)
    const entry = (at === undefined ? undefined : owner.entries[at]) ?? model
    // The copy of an entry takes a step for each annotation.
    this.#budget.steps.take(Object.keys(entry.annotations ?? {}).length)
    if (at === undefined) {
      if (!this.#carriers.has(name)) this.#warn(onlyInManifest(name, 'a name'))
      owner.entries.push(named(unnamed(entry), name))
    } else {
      owner.entries[at] = named(entry, name)
    }
    this.#carries(name, owner.nodes)
  }

  #waitingOf(image: IndexedImage): Waiting {
    const waiting = this.#waiting.get(image) ?? new Waiting(image.entries)
    this.#waiting.set(image, waiting)
    return waiting
  }
}

/** The statement of an item of manifest.json about an image of the index. */
interface Claim {
  names: readonly string[]
  /** Digest of the config. */
  config: string
  /** Paths in the archive. */
  layers: readonly string[]
}

function hasFilesOf({ config, layers }: Claim, reached: Reached): boolean {
  const stated = tableOf(reached).byConfig.get(config)?.document.layers ?? []
  return layers.every((path, at) => at < stated.length && claimedDigest(path) === stated[at]?.digest)
}

/** Asserts that a manifest with WebAssembly, whose config need not name its layers, lacks none of the item's files. */
function assertNoneMore({ config, layers }: Claim, reaching: readonly Reached[]): void {
  const stated = reaching.map((reached) => tableOf(reached).byConfig.get(config)?.document.layers ?? [])
  const [first] = stated.filter((those) => those.some(({ mediaType }) => isWasmLayer(mediaType)))
  if (first === undefined || stated.some(({ length }) => length === layers.length)) return
  throw new ImageError('INTEGRITY', 'manifest.json has other layers for the image than its manifest', {
    expected: layerCount(first.length),
    found: layerCount(layers.length),
  })
}

/** True if the manifest lists something else than layers of a root file system. Its config need not name those. */
function isOfOtherLayers({ config, layers }: Claim, reached: Reached): boolean {
  const stated = tableOf(reached).byConfig.get(config)?.document
  return stated !== undefined && stated.layers.length === layers.length && isOther(stated)
}

/** Entries that wait for their full names: they have only a tag, or no name. */
class Waiting {
  /** Positions, the next one last. */
  readonly #nameless: number[]
  readonly #tagged: ReadonlyMap<string | undefined, number[]>

  constructor(entries: readonly Descriptor[]) {
    const positions = [...entries.keys()].reverse()
    this.#tagged = groupBy(positions, (at) => nameOf(entries[at] as Descriptor, undefined))
    this.#nameless = this.#tagged.get(undefined) ?? []
  }

  hasTag(tag: string): boolean {
    return (this.#tagged.get(tag)?.length ?? 0) > 0
  }

  hasNameless(): boolean {
    return this.#nameless.length > 0
  }

  /** Returns the next position whose entry has only this tag or no name; undefined if there is none. */
  next(tag: string): number | undefined {
    const tagged = this.#tagged.get(tag) ?? []
    const [tagAt, namelessAt] = [tagged.at(-1), this.#nameless.at(-1)]
    return (tagAt ?? Number.POSITIVE_INFINITY) < (namelessAt ?? Number.POSITIVE_INFINITY)
      ? tagged.pop()
      : this.#nameless.pop()
  }
}

function notItsName(where: string): Warning {
  const message = 'manifest.json has a name for an artifact that index.json lacks; the artifact is copied without it'
  return { code: 'MANIFEST_ONLY', message, where }
}

/** Returns the warning that manifest.json has more than the index. */
export function onlyInManifest(where: string, what: 'a name' | 'an image'): Warning {
  const message = `manifest.json has ${what} that index.json lacks; it is added`
  return { code: 'MANIFEST_ONLY', message, where }
}
