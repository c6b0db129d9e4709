import { hasImageConfig } from '../layer/check.js'
import { configPlatform, platformIn } from '../layer/configPlatform.js'
import { tableOf } from '../layer/nodeTable.js'
import { type Role, rolesIn } from '../layer/role.js'
import { listShort } from '../spec/cut.js'
import { ImageError } from '../spec/errors.js'
import { groupBy } from '../spec/groupBy.js'
import { isIndexType } from '../spec/mediaTypes.js'
import type { Descriptor } from '../spec/parse.js'
import {
  differInVersion,
  hasUsualVariant,
  type PlatformName,
  platformMatches,
  printPlatform,
} from '../spec/platform.js'
import type { Reader } from '../store/blobs.js'
import { rootOf } from '../store/graph.js'
import type { Node, Root } from '../store/nodes.js'
import { type IndexedImage, labelOf, namesOf, pointed, type Selected } from './listed.js'

/** Images, narrowed to some platforms. */
export interface Narrowed {
  images: Selected[]
  /** Digests of images that an index lists and the user does not want. */
  unwanted: ReadonlySet<string>
}

/**
 * Narrows multi-platform images: to one manifest if one platform is wanted, to a sparse index with its bytes kept if
 * several are. Images of one platform have to be of a wanted one.
 * @throws ImageError NOT_FOUND with the platforms that exist
 */
export async function narrow(
  images: readonly Selected[],
  wanted: readonly PlatformName[],
  source: Reader,
): Promise<Narrowed> {
  const unwanted = new Set<string>()
  if (wanted.length === 0) return { images: [...images], unwanted }
  const narrowed: Selected[] = []
  const misses: Miss[] = []
  const fits = new Fits(wanted, source)
  for (const image of images) {
    const { found, fitting } = await fits.of(image)
    const isThere = isIndex(image) ? fitting.every(isFilled) : fitting.some(isFilled)
    // Something without a platform is not an image, and stays.
    if (!isThere && (found.length > 0 || listed(image, found).length > 0)) misses.push({ image, found })
    else narrowed.push(isIndex(image) && isThere ? cut(image, fitting, unwanted) : image)
  }
  assertElsewhere(misses, narrowed, wanted)
  return { images: narrowed, unwanted }
}

/** The platforms of an image, and the matches for each wanted platform. */
interface Fit {
  found: Found[]
  fitting: Found[][]
}

/** Finds platforms; once for all images that share an index. */
class Fits {
  readonly #wanted: readonly PlatformName[]
  readonly #source: Reader
  readonly #known = new Map<readonly Node[], Promise<Fit>>()

  constructor(wanted: readonly PlatformName[], source: Reader) {
    this.#wanted = wanted
    this.#source = source
  }

  of(image: Selected): Promise<Fit> {
    if (!isIndex(image)) return this.#find(image)
    const fit = this.#known.get(image.nodes) ?? this.#find(image)
    this.#known.set(image.nodes, fit)
    return fit
  }

  async #find(image: Selected): Promise<Fit> {
    const found = await platformsOf(image, this.#source)
    const whole = found.filter(({ isIncomplete }) => !isIncomplete)
    const fitting = this.#wanted.map((one) => whole.filter(({ platform }) => platformMatches(one, platform)))
    return { found, fitting }
  }
}

function isFilled(list: readonly unknown[]): boolean {
  return list.length > 0
}

/** Returns one manifest of the image's index if one platform is wanted, the image as a sparse index if several are. */
function cut(image: IndexedImage, fitting: Found[][], unwanted: Set<string>): IndexedImage {
  const [only, ...others] = fitting
  const usual = only?.find(({ platform }) => hasUsualVariant(platform)) ?? only?.[0]
  // The user named a system without a version: all its versions stay.
  const isOne = usual !== undefined && !only?.some(({ platform }) => differInVersion(platform, usual.platform))
  if (others.length === 0 && isOne && usual.child !== undefined) return pointed(image, usual.child)
  const kept = new Set<string>(fitting.flat().flatMap(({ child }) => child?.digest ?? []))
  const roleOf = rolesIn(image.nodes)
  const listed = image.nodes
    .filter(({ kind }) => kind === 'manifest' || kind === 'absent')
    .map(({ descriptor }) => ({ digest: descriptor.digest, role: roleOf(descriptor) }))
  const aboutOf = (role: Role) => ('about' in role ? role.about : undefined)
  const about = groupBy(listed, ({ role }) => aboutOf(role))
  // Referrers go with their image, and their own referrers, too. A set's iteration includes items added on the way.
  for (const digest of kept) for (const one of about.get(digest) ?? []) kept.add(one.digest)
  for (const { digest, role } of listed) {
    const isAlone = role.kind === 'artifact' && role.about === undefined
    if (!kept.has(digest) && !isAlone) unwanted.add(digest)
  }
  return image
}

interface Found {
  platform: PlatformName
  /** Set for the children of an index. */
  child?: Root
  /** True if the source lacks a part of it, which is possible only for children of an index. */
  isIncomplete?: boolean
}

async function platformsOf(image: Selected, source: Reader): Promise<Found[]> {
  if (image.kind === 'item') return [{ platform: platformIn(image.item.config.parsed) }]
  const [root] = image.entries
  if (!isIndexType(root?.mediaType ?? '')) {
    return imageIn(root && tableOf(image.nodes).byDigest.get(root.digest), image, source)
  }
  const found: Found[] = []
  const { incomplete } = tableOf(image.nodes)
  for (const node of image.nodes) {
    const { descriptor } = node
    const isIncomplete = incomplete.has(descriptor.digest)
    if (isIncomplete && descriptor.platform === undefined && !(await hasConfig(node, source))) continue
    const platform = await platformOf(node, descriptor, source)
    if (platform !== undefined) found.push({ platform, child: descriptor, isIncomplete })
  }
  return found
}

async function hasConfig(node: Node, source: Reader): Promise<boolean> {
  return node.kind === 'manifest' && (await source.has(rootOf(node.document.config)))
}

/** Returns the platform of the image itself; that of its descriptor in the index if it lies within one. */
async function imageIn(node: Node | undefined, { entries, nodes }: IndexedImage, source: Reader): Promise<Found[]> {
  if (node === undefined) return []
  // The last node is the root. Its descriptor may be another entry's, so the own entry counts.
  const [own = node.descriptor] = node === nodes.at(-1) ? entries : []
  const platform = await platformOf(node, own, source)
  return platform === undefined ? [] : [{ platform }]
}

/** Returns the platform of an image; undefined for anything else, attestations included. */
async function platformOf(node: Node, descriptor: Descriptor, source: Reader): Promise<PlatformName | undefined> {
  if (node.kind !== 'manifest' || rolesIn([node])(descriptor).kind === 'attestation') return undefined
  if (!hasImageConfig(node.document)) return undefined
  return descriptor.platform ?? configPlatform(node.document, source)
}

function isIndex(image: Selected): image is IndexedImage {
  return image.kind === 'index' && isIndexType(image.entries[0]?.mediaType ?? '')
}

interface Miss {
  image: Selected
  found: Found[]
}

/**
 * Accepts an entry of a flat index for another platform if one of the same name fits. @throws ImageError NOT_FOUND
 * otherwise
 */
function assertElsewhere(
  misses: readonly Miss[],
  narrowed: readonly Selected[],
  wanted: readonly PlatformName[],
): void {
  const names = new Set(narrowed.flatMap(namesOf))
  const [miss] = misses.filter(({ image }) => !namesOf(image).some((name) => names.has(name)))
  if (miss === undefined) return
  const label = labelOf(miss.image)
  const namesakes = misses.filter(({ image }) => labelOf(image) === label)
  throw new ImageError('NOT_FOUND', 'the image is not available for this platform', {
    where: label,
    expected: wanted.map(printPlatform).join(' or '),
    found: listShort([...platformsIn(namesakes)]),
  })
}

/** Returns the platforms of images, each once. Nodes that several images share are walked once. */
function platformsIn(misses: readonly Miss[]): Set<string> {
  const distinct = new Map(misses.map((miss) => [miss.image.kind === 'index' ? miss.found : miss, miss]))
  const platforms = new Set<string>()
  for (const { image, found } of distinct.values()) {
    for (const platform of listed(image, found)) platforms.add(platform)
  }
  return platforms
}

/** Returns the platforms of an image for messages, including those that an index names and the source lacks. */
function listed(image: Selected, found: readonly Found[]): string[] {
  const present = found.map(({ platform, isIncomplete }) => {
    return `${printPlatform(platform) ?? 'unknown'}${isIncomplete === true ? ' (incomplete in the source)' : ''}`
  })
  if (!isIndex(image)) return present
  const roleOf = rolesIn(image.nodes)
  const absent = image.nodes.filter(({ kind }) => kind === 'absent').map(({ descriptor }) => descriptor)
  const others = absent.filter((descriptor) => roleOf(descriptor).kind !== 'attestation')
  const names = others.flatMap(({ platform }) => printPlatform(platform) ?? [])
  return [...present, ...names.map((name) => `${name} (not in the source)`)]
}
