import { hasImageConfig } from '../layer/check.js'
import { configPlatform, platformIn } from '../layer/configPlatform.js'
import { rolesIn } from '../layer/role.js'
import { listShort } from '../spec/cut.js'
import { ImageError, invariant } from '../spec/errors.js'
import { type Descriptor, type ImageConfig, type Manifest, parseImageConfig } from '../spec/parse.js'
import {
  hasUsualVariant,
  hostPlatform,
  type PlatformName,
  parsePlatform,
  platformMatches,
  printPlatform,
} from '../spec/platform.js'
import type { BlobSource } from '../store/blobs.js'
import { readDocument, readNode, walkGraph } from '../store/graph.js'
import type { DocumentNode } from '../store/nodes.js'
import type { OpenedImage } from './openImage.js'

/** An image of one platform, with its documents. */
export interface PlatformImage {
  /** Descriptors from the entry of the image down to its manifest. */
  walk: readonly Descriptor[]
  manifest: Manifest
  /** The very bytes of the manifest. */
  manifestBytes: Buffer
  config: ImageConfig
  /** The very bytes of the config. */
  configBytes: Buffer
  blobs: BlobSource
}

/** A manifest that an image has for a platform, and the descriptors that lead to it. */
interface Candidate {
  platform: PlatformName
  walk: readonly Descriptor[]
}

/**
 * Opens the manifest of one platform. Without a wish it is the host's platform, or the only one there is.
 * @param wanted `os/arch[/variant]`
 * @throws ImageError NOT_FOUND with the platforms that exist; UNSUPPORTED for what is no image; INTEGRITY, FORMAT
 */
export async function openPlatform({ root, blobs }: OpenedImage, wanted?: string): Promise<PlatformImage> {
  const node = await readNode(blobs, root)
  if (node.kind === 'blob') throw notAnImage(root)
  const walk = node.kind === 'index' ? await walkIn(node, blobs, wanted) : [root]
  const last = walk.at(-1)
  invariant(last !== undefined, 'a walk has its root')
  const manifest = await readNode(blobs, last)
  if (manifest.kind !== 'manifest' || !hasImageConfig(manifest.document)) throw notAnImage(last)
  const config = await readDocument(blobs, manifest.document.config)
  const parsed = parseImageConfig(config.bytes, manifest.document.config.digest)
  if (node.kind !== 'index' && wanted !== undefined) assertPlatform(platformIn(parsed), wanted)
  const { document, bytes } = manifest
  return { walk, manifest: document, manifestBytes: bytes, config: parsed, configBytes: config.bytes, blobs }
}

async function walkIn(index: DocumentNode, blobs: BlobSource, wanted?: string): Promise<readonly Descriptor[]> {
  const found = await candidatesIn(index, blobs)
  const platform = wanted === undefined ? hostPlatform() : parsePlatform(wanted)
  const fitting = found.filter((candidate) => platformMatches(platform, candidate.platform))
  const usual = fitting.find((candidate) => hasUsualVariant(candidate.platform)) ?? fitting[0]
  const [only, ...others] = found
  const chosen = usual ?? (wanted === undefined && others.length === 0 ? only : undefined)
  if (chosen !== undefined) return chosen.walk
  throw new ImageError('NOT_FOUND', 'the image is not available for this platform', {
    expected: printPlatform(platform) ?? 'a platform',
    found: listShort(found.map((one) => printPlatform(one.platform) ?? 'unknown')) || 'no image',
    hint: 'choose one with --platform',
  })
}

/** Returns the images that an index lists and the source has, however deep; without attestations. */
async function candidatesIn(index: DocumentNode, blobs: BlobSource): Promise<Candidate[]> {
  const nodes = await walkGraph(blobs, [index.descriptor])
  const roleOf = rolesIn(nodes)
  const byDigest = new Map<string, DocumentNode>(
    nodes.flatMap((node) => ('bytes' in node ? [[node.descriptor.digest, node] as const] : [])),
  )
  const candidates: Candidate[] = []
  const seen = new Set<string>()
  const left: (readonly Descriptor[])[] = [[index.descriptor]]
  for (let walk = left.pop(); walk !== undefined; walk = left.pop()) {
    const last = walk.at(-1)
    const node = byDigest.get(last?.digest ?? '')
    if (last === undefined || node === undefined || seen.has(last.digest)) continue
    seen.add(last.digest)
    if (node.kind === 'index') left.push(...node.children.map((child) => [...walk, child]).reverse())
    else if (roleOf(node.descriptor).kind !== 'attestation' && hasImageConfig(node.document)) {
      candidates.push({ walk, platform: last.platform ?? (await configPlatform(node.document, blobs)) })
    }
  }
  return candidates
}

function assertPlatform(found: PlatformName, wanted: string): void {
  if (platformMatches(parsePlatform(wanted), found)) return
  throw new ImageError('NOT_FOUND', 'the image is not available for this platform', {
    expected: wanted,
    found: printPlatform(found) ?? 'unknown',
  })
}

function notAnImage({ digest, mediaType }: Descriptor): ImageError {
  return new ImageError('UNSUPPORTED', 'it is not a container image', {
    where: digest,
    expected: 'an image manifest or index',
    found: mediaType === '' ? 'no media type' : mediaType,
  })
}
