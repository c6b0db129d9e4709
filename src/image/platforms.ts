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
import { type Node, type Reader, type Root, rootOf } from '../store/graph.js'
import { type IndexedImage, labelOf, namesOf, pointed, type Selected } from './listed.js'

/** Candidates cut down to some platforms. */
export interface Narrowed {
  candidates: Selected[]
  /** Digests of images that an index names but that are not wanted. */
  unwanted: ReadonlySet<string>
}

/**
 * Cuts multi-platform images down: to one manifest if one platform is wanted, to a sparse index with its bytes kept if
 * several are. Images of one platform have to be of one that is wanted.
 * @throws ImageError NOT_FOUND with the platforms that there are
 */
export async function narrow(
  candidates: readonly Selected[],
  wanted: readonly PlatformName[],
  source: Reader,
): Promise<Narrowed> {
  const unwanted = new Set<string>()
  if (wanted.length === 0) return { candidates: [...candidates], unwanted }
  const narrowed: Selected[] = []
  const misses: Miss[] = []
  const fits = new Fits(wanted, source)
  for (const candidate of candidates) {
    const { found, fitting } = await fits.of(candidate)
    const isThere = isIndex(candidate) ? fitting.every(isFilled) : fitting.some(isFilled)
    // What is of no platform is no image, and stays.
    if (!isThere && (found.length > 0 || listed(candidate, found).length > 0)) misses.push({ candidate, found })
    else narrowed.push(isIndex(candidate) && isThere ? cut(candidate, fitting, unwanted) : candidate)
  }
  assertElsewhere(misses, narrowed, wanted)
  return { candidates: narrowed, unwanted }
}

/** The platforms of a candidate; and for each platform that is wanted, which of them are of it. */
interface Fit {
  found: Found[]
  fitting: Found[][]
}

/** Finds platforms, of an index once for all candidates that share it. */
class Fits {
  readonly #wanted: readonly PlatformName[]
  readonly #source: Reader
  readonly #known = new Map<readonly Node[], Promise<Fit>>()

  constructor(wanted: readonly PlatformName[], source: Reader) {
    this.#wanted = wanted
    this.#source = source
  }

  of(candidate: Selected): Promise<Fit> {
    if (!isIndex(candidate)) return this.#find(candidate)
    const fit = this.#known.get(candidate.nodes) ?? this.#find(candidate)
    this.#known.set(candidate.nodes, fit)
    return fit
  }

  async #find(candidate: Selected): Promise<Fit> {
    const found = await platformsOf(candidate, this.#source)
    const whole = found.filter(({ isIncomplete }) => !isIncomplete)
    const fitting = this.#wanted.map((one) => whole.filter(({ platform }) => platformMatches(one, platform)))
    return { found, fitting }
  }
}

function isFilled(list: readonly unknown[]): boolean {
  return list.length > 0
}

/** The candidate as one manifest of its index if one platform is wanted, as a sparse index if several are. */
function cut(candidate: IndexedImage, fitting: Found[][], unwanted: Set<string>): IndexedImage {
  const [only, ...others] = fitting
  const usual = only?.find(({ platform }) => hasUsualVariant(platform)) ?? only?.[0]
  // Several versions of one system cannot be told apart by who asked for the system: all stay.
  const isOne = usual !== undefined && !only?.some(({ platform }) => differInVersion(platform, usual.platform))
  if (others.length === 0 && isOne && usual.child !== undefined) return pointed(candidate, usual.child)
  const kept = new Set<string>(fitting.flat().flatMap(({ child }) => child?.digest ?? []))
  const roleOf = rolesIn(candidate.nodes)
  const listed = candidate.nodes
    .filter(({ kind }) => kind === 'manifest' || kind === 'absent')
    .map(({ descriptor }) => ({ digest: descriptor.digest, role: roleOf(descriptor) }))
  const aboutOf = (role: Role) => ('about' in role ? role.about : undefined)
  const about = groupBy(listed, ({ role }) => aboutOf(role))
  // What refers to an image goes with it, and what refers to that; a set goes on to what is added on the way.
  for (const digest of kept) for (const one of about.get(digest) ?? []) kept.add(one.digest)
  for (const { digest, role } of listed) {
    const isAlone = role.kind === 'artifact' && role.about === undefined
    if (!kept.has(digest) && !isAlone) unwanted.add(digest)
  }
  return candidate
}

interface Found {
  platform: PlatformName
  /** Set for the children of an index. */
  child?: Root
  /** Whether something of it is not in the source, which can be only for such children. */
  isIncomplete?: boolean
}

async function platformsOf(candidate: Selected, source: Reader): Promise<Found[]> {
  if (candidate.kind === 'item') return [{ platform: platformIn(candidate.item.config.parsed) }]
  const [root] = candidate.entries
  if (!isIndexType(root?.mediaType ?? '')) {
    return imageIn(root && tableOf(candidate.nodes).byDigest.get(root.digest), candidate, source)
  }
  const found: Found[] = []
  const { incomplete } = tableOf(candidate.nodes)
  for (const node of candidate.nodes) {
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

/** The platform of what the entries of a candidate are: its own, unless it lies within an index. */
async function imageIn(node: Node | undefined, { entries, nodes }: IndexedImage, source: Reader): Promise<Found[]> {
  if (node === undefined) return []
  // Other entries of the same content share the last node, which is their own.
  const [own = node.descriptor] = node === nodes.at(-1) ? entries : []
  const platform = await platformOf(node, own, source)
  return platform === undefined ? [] : [{ platform }]
}

/** The platform of an image; undefined for what is none, or is about one. */
async function platformOf(node: Node, descriptor: Descriptor, source: Reader): Promise<PlatformName | undefined> {
  if (node.kind !== 'manifest' || rolesIn([node])(descriptor).kind === 'attestation') return undefined
  if (!hasImageConfig(node.document)) return undefined
  return descriptor.platform ?? configPlatform(node.document, source)
}

function isIndex(candidate: Selected): candidate is IndexedImage {
  return candidate.kind === 'index' && isIndexType(candidate.entries[0]?.mediaType ?? '')
}

interface Miss {
  candidate: Selected
  found: Found[]
}

/** An entry of a flat index may be of another platform if one of the same name fits. */
function assertElsewhere(
  misses: readonly Miss[],
  narrowed: readonly Selected[],
  wanted: readonly PlatformName[],
): void {
  const names = new Set(narrowed.flatMap(namesOf))
  const [miss] = misses.filter(({ candidate }) => !namesOf(candidate).some((name) => names.has(name)))
  if (miss === undefined) return
  const label = labelOf(miss.candidate)
  const namesakes = misses.filter(({ candidate }) => labelOf(candidate) === label)
  throw new ImageError('NOT_FOUND', 'the image is not there for this platform', {
    where: label,
    expected: wanted.map(printPlatform).join(' or '),
    found: listShort([...platformsIn(namesakes)]),
  })
}

/** The platforms of images, each once; what several reach is gone through once. */
function platformsIn(misses: readonly Miss[]): Set<string> {
  const distinct = new Map(misses.map((miss) => [miss.candidate.kind === 'index' ? miss.found : miss, miss]))
  const platforms = new Set<string>()
  for (const { candidate, found } of distinct.values()) {
    for (const platform of listed(candidate, found)) platforms.add(platform)
  }
  return platforms
}

/** The platforms of an image as messages name them, also those that an index names and that are not there. */
function listed(candidate: Selected, found: readonly Found[]): string[] {
  const present = found.map(({ platform, isIncomplete }) => {
    return `${printPlatform(platform) ?? 'unknown'}${isIncomplete === true ? ' (incomplete in the source)' : ''}`
  })
  if (!isIndex(candidate)) return present
  const roleOf = rolesIn(candidate.nodes)
  const absent = candidate.nodes.filter(({ kind }) => kind === 'absent').map(({ descriptor }) => descriptor)
  const others = absent.filter((descriptor) => roleOf(descriptor).kind !== 'attestation')
  const names = others.flatMap(({ platform }) => printPlatform(platform) ?? [])
  return [...present, ...names.map((name) => `${name} (not in the source)`)]
}
