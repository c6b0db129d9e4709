import type { Archive } from '../archive/archive.js'
import type { BrokenItem, Item } from '../docker/read/item.js'
import { type Digest, digestOf, parseDigest } from '../spec/digest.js'
import { JSONDocument } from '../spec/documents.js'
import { OCI_MANIFEST } from '../spec/mediaTypes.js'
import { type Descriptor, DOCUMENT_LIMIT, type Manifest } from '../spec/parse.js'
import { familiarName, isBareTag } from '../spec/reference.js'
import { blobPath } from '../store/layout/layoutNames.js'
import { legalName, nameOf } from '../store/names.js'

/** The item with the same image as the index entries of one manifest, and the manifest's state. */
interface Found {
  item: Item
  /** Size of the manifest in bytes. */
  size: number
  isRight: boolean
}

/** An item that may replace an entry. */
interface Sourced {
  item: Item
  diffIDs: ReadonlySet<string>
}

/**
 * Finds index entries that are wrong as the first Docker 25 wrote them: sizes differ from the content's, and layers are
 * missing or out of order (moby#47065, moby#47072). The config names the layers, so the right ones are known. A wrong
 * digest is never forgiven.
 */
export class Docker25Repair {
  /** Items with `LayerSources`, by the config's digest. */
  readonly #sourced: ReadonlyMap<string, Sourced>
  readonly #archive: Archive
  readonly #found = new Map<string, Promise<Found | undefined>>()

  constructor(items: readonly (Item | BrokenItem)[], archive: Archive) {
    const sourced = items.filter((item) => 'config' in item).filter(({ hasSources }) => hasSources)
    this.#sourced = new Map(
      sourced.map((item) => [item.config.digest, { item, diffIDs: new Set(item.diffIDs) }] as const),
    )
    this.#archive = archive
  }

  /**
   * Returns the item of manifest.json that replaces index entries of the same image; undefined if the entries are
   * right.
   */
  async replacedItem(entries: readonly Descriptor[]): Promise<Item | undefined> {
    const [entry] = entries
    if (entry?.mediaType !== OCI_MANIFEST || this.#sourced.size === 0) return undefined
    const finding = this.#found.get(entry.digest) ?? this.#find(parseDigest(entry.digest))
    this.#found.set(entry.digest, finding)
    const found = await finding
    if (found === undefined || (found.isRight && entries.every(({ size }) => size === found.size))) return undefined
    const { item } = found
    const archive = this.#archive
    const message = 'its entry in index.json is wrong, as some Docker 25 wrote it; it is rebuilt from manifest.json'
    archive.context.warn({ code: 'REBUILT', message, where: familiarName(item.names[0] ?? item.config.digest) })
    const stated = entries.flatMap((one) => nameOf(one, undefined) ?? []).filter((name) => !isBareTag(name))
    archive.context.budget.steps.take(item.names.length)
    const names = stated.flatMap((name) => legalName(name) ?? [])
    return { ...item, names: [...new Set([...item.names, ...names])] }
  }

  async #find(digest: Digest): Promise<Found | undefined> {
    const archive = this.#archive
    const bytes = await archive.read(blobPath(digest), DOCUMENT_LIMIT)
    if (bytes === undefined || digestOf(bytes) !== digest) return undefined
    const document = new JSONDocument(digest, bytes)
    const manifest = document.manifest()
    archive.context.documents.keep(document)
    const sourced = this.#sourced.get(manifest.config.digest)
    if (sourced === undefined || !isPartOf(manifest, sourced)) return undefined
    const isRight = (await hasRightSizes(manifest, archive)) && isInOrder(manifest, sourced.item)
    return { item: sourced.item, size: bytes.length, isRight }
  }
}

function isPartOf({ layers }: Manifest, { diffIDs }: Sourced): boolean {
  return layers.every(({ digest }) => diffIDs.has(digest))
}

function isInOrder({ layers }: Manifest, { diffIDs }: Item): boolean {
  return layers.length === diffIDs.length && layers.every(({ digest }, at) => digest === diffIDs[at])
}

async function hasRightSizes({ config, layers }: Manifest, archive: Archive): Promise<boolean> {
  for (const { digest, size } of [config, ...layers]) {
    const member = await archive.find(blobPath(parseDigest(digest)))
    if (member !== undefined && member.size !== size) return false
  }
  return true
}
