import { attestedBy } from '../layer/edit.js'
import { ImageError } from '../spec/errors.js'
import { isIndexType } from '../spec/mediaTypes.js'
import { type Descriptor, parseImageConfig } from '../spec/parse.js'
import { type PlatformName, platformMatches, printPlatform } from '../spec/platform.js'
import type { BlobSource } from '../store/blobs.js'
import { type Root, readDocument } from '../store/graph.js'
import { type Candidate, type IndexCandidate, labelOf, namesOf, pointed } from './candidates.js'

/** Candidates cut down to some platforms. */
export interface Narrowed {
  candidates: Candidate[]
  /** Digests of images that an index names but that are not wanted. */
  unwanted: ReadonlySet<string>
}

/**
 * Cuts multi-platform images down: to one manifest if one platform is wanted, to a sparse index with its bytes kept if
 * several are. Images of one platform have to be of one that is wanted.
 * @throws ImageError NOT_FOUND with the platforms that there are
 */
export async function narrow(
  candidates: readonly Candidate[],
  wanted: readonly PlatformName[],
  source: Pick<BlobSource, 'has' | 'open'>,
): Promise<Narrowed> {
  const unwanted = new Set<string>()
  if (wanted.length === 0) return { candidates: [...candidates], unwanted }
  const narrowed: Candidate[] = []
  const misses: { candidate: Candidate; found: string[] }[] = []
  for (const candidate of candidates) {
    const found = await platformsOf(candidate, source)
    const fitting = found.filter(({ platform }) => wanted.some((one) => platformMatches(one, platform)))
    const [first] = fitting
    if (first === undefined) {
      misses.push({ candidate, found: found.map(({ platform }) => printPlatform(platform) ?? 'unknown') })
      continue
    }
    if (!isIndex(candidate)) narrowed.push(candidate)
    else if (wanted.length === 1 && first.child !== undefined) narrowed.push(pointed(candidate, first.child))
    else
      narrowed.push(
        sparse(
          candidate,
          fitting.flatMap(({ child }) => child ?? []),
          unwanted,
        ),
      )
  }
  for (const miss of misses) assertElsewhere(miss, narrowed, wanted)
  return { candidates: narrowed, unwanted }
}

/** The platform of an image, as its config states it. */
export async function configPlatform(
  manifest: { config: Descriptor },
  source: Pick<BlobSource, 'has' | 'open'>,
): Promise<PlatformName> {
  const {
    os = '',
    architecture = '',
    variant,
  } = parseImageConfig(await readDocument(source, manifest.config), manifest.config.digest)
  return { os, architecture, ...(variant === undefined ? {} : { variant }) }
}

interface Found {
  platform: PlatformName
  /** Set for the children of an index. */
  child?: Root
}

async function platformsOf(candidate: Candidate, source: Pick<BlobSource, 'has' | 'open'>): Promise<Found[]> {
  if (candidate.kind === 'item') {
    const { os = '', architecture = '', variant } = candidate.item.config.parsed
    return [{ platform: { os, architecture, ...(variant === undefined ? {} : { variant }) } }]
  }
  const found: Found[] = []
  const [root] = candidate.entries
  const isRootIndex = isIndex(candidate)
  for (const node of candidate.nodes) {
    if (node.kind !== 'manifest' || (!isRootIndex && node.descriptor.digest !== root?.digest)) continue
    if (attestedBy(node.descriptor) !== undefined) continue
    const platform = node.descriptor.platform ?? (await configPlatform(node.document, source))
    found.push({ platform, ...(isRootIndex ? { child: node.descriptor } : {}) })
  }
  return found
}

function isIndex(candidate: Candidate): candidate is IndexCandidate {
  return candidate.kind === 'index' && isIndexType(candidate.entries[0]?.mediaType ?? '')
}

/** The candidate as it is; children that are not wanted, and what attests them, are noted. */
function sparse(candidate: IndexCandidate, children: Root[], unwanted: Set<string>): IndexCandidate {
  const kept = new Set<string>(children.map(({ digest }) => digest))
  for (const node of candidate.nodes) {
    if (node.kind !== 'manifest' && node.kind !== 'absent') continue
    const subject = attestedBy(node.descriptor) ?? node.descriptor.digest
    if (!kept.has(subject)) unwanted.add(node.descriptor.digest)
  }
  return candidate
}

/** An entry of a flat index may be of another platform if one of the same name fits. */
function assertElsewhere(
  { candidate, found }: { candidate: Candidate; found: string[] },
  narrowed: Candidate[],
  wanted: readonly PlatformName[],
): void {
  const names = new Set(namesOf(candidate))
  if (narrowed.some((other) => namesOf(other).some((name) => names.has(name)))) return
  throw new ImageError('NOT_FOUND', 'the image is not there for this platform', {
    where: labelOf(candidate),
    expected: wanted.map(printPlatform).join(' or '),
    found: found.join(', '),
  })
}
