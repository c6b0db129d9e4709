import { packingOf } from '../../compression/codecs.js'
import { diffIDsOf, warnOfConfig, warnOfMediaType } from '../../layer/check.js'
import { readImageConfig } from '../../layer/imageConfig.js'
import { listMissing } from '../../layer/incomplete.js'
import { tableOf } from '../../layer/nodeTable.js'
import { type RoleOf, rolesIn } from '../../layer/role.js'
import { parseDigest } from '../../spec/digest.js'
import { isForeignLayer, layerCompression } from '../../spec/mediaTypes.js'
import type { Descriptor, Manifest } from '../../spec/parse.js'
import { printPlatform } from '../../spec/platform.js'
import { familiarName } from '../../spec/reference.js'
import type { BlobSource } from '../../store/blobs.js'
import { rootOf } from '../../store/graph.js'
import { blobPath } from '../../store/layout/layoutNames.js'
import type { Node, Root } from '../../store/nodes.js'
import { type IndexedImage, namesOf } from '../listed.js'
import type { Source } from '../source.js'
import { describeConfig } from './describeConfig.js'
import { type Described, type DescribedLayer, sizeOfShown, UNKNOWN } from './described.js'

/** The files and blobs that descriptors name. */
type Lookup = Pick<Source, 'archive' | 'blobs'>

/** Describes an image, index or artifact of index.json. */
export async function describeEntry(image: IndexedImage, lookup: Lookup): Promise<Described> {
  const { byDigest: nodes } = tableOf(image.nodes)
  const [entry] = image.entries
  const within = { nodes, roleOf: rolesIn(image.nodes), lookup, seen: new Set<string>() }
  const described = entry === undefined ? UNKNOWN : await describeNode(entry, within)
  return { ...described, names: namesOf(image).map(familiarName) }
}

interface Within {
  /** Digests of indexes that are described: each is described once, however often it is listed. */
  seen: Set<string>
  nodes: ReadonlyMap<string, Node>
  roleOf: RoleOf
  lookup: Lookup
}

/** Approximate size of one child of an index in the output, in bytes of JSON. */
const SHOWN = 600

async function describeNode(descriptor: Descriptor, within: Within): Promise<Described> {
  const { digest, mediaType, artifactType } = descriptor
  const { budget, breathe } = within.lookup.archive.context
  budget.descriptions.take(SHOWN)
  await breathe()
  const node = within.nodes.get(digest)
  const role = within.roleOf(descriptor)
  const stated: Described = {
    ...UNKNOWN,
    kind: role.kind,
    digest,
    mediaType,
    platform: printPlatform(descriptor.platform) ?? null,
    about: 'about' in role ? (role.about ?? null) : null,
    artifactType: artifactType ?? null,
  }
  switch (node?.kind) {
    case 'index':
      return describeIndex(stated, node.children, within)
    case 'manifest':
      return describeManifest(stated, node.document, within)
    case 'blob':
      return stated
    case 'absent':
    case 'missing':
    case 'left out':
    case undefined:
      return { ...stated, present: false }
  }
}

async function describeIndex(stated: Described, children: readonly Root[], within: Within): Promise<Described> {
  const manifests: Described[] = []
  const digest = stated.digest ?? ''
  if (within.seen.has(digest)) return stated
  within.seen.add(digest)
  for (const child of children) manifests.push(await describeNode(child, within))
  return { ...stated, manifests }
}

async function describeManifest(stated: Described, manifest: Manifest, { lookup }: Within): Promise<Described> {
  const { descriptions } = lookup.archive.context.budget
  descriptions.take(sizeOfShown({ bytes: 0, layers: manifest.layers.length }))
  const layers: DescribedLayer[] = []
  for (const layer of manifest.layers) layers.push(await describeLayer(layer, lookup))
  if (stated.kind === 'attestation') return { ...stated, layers }
  if (stated.kind === 'artifact') return asArtifact({ ...stated, layers }, manifest)
  const { digest } = manifest.config
  const problem = await problemOf(manifest, lookup.blobs)
  if (!(await lookup.blobs.has(rootOf(manifest.config)))) return { ...stated, config: digest, layers, problem }
  const read = await readImageConfig(manifest, lookup.blobs)
  if (read === undefined) return asArtifact({ ...stated, kind: 'artifact', layers }, manifest)
  const config = read.config()
  descriptions.take(read.bytes.length)
  warnOfConfig({ config, bytes: read.bytes, where: digest }, lookup.archive.context.warn)
  const diffIDs = diffIDsOf(config) ?? []
  const described = describeConfig(config, layers.length)
  return {
    ...stated,
    ...described,
    platform: stated.platform ?? described.platform,
    config: digest,
    problem,
    layers: layers.map((layer, at) => ({ ...layer, diffID: diffIDs[at] ?? null })),
  }
}

function asArtifact(stated: Described, { artifactType, config }: Manifest): Described {
  return { ...stated, artifactType: stated.artifactType ?? artifactType ?? config.mediaType }
}

/**
 * Returns the problem that the source lacks parts of an image; null if it is complete. Foreign layers may stay
 * elsewhere.
 */
async function problemOf(manifest: Manifest, source: BlobSource): Promise<string | null> {
  const missing: Root[] = []
  for (const blob of [manifest.config, ...manifest.layers].map(rootOf)) {
    if (!isForeignLayer(blob.mediaType) && !(await source.has(blob))) missing.push(blob)
  }
  return missing.length === 0 ? null : `incomplete: the source lacks ${listMissing({ document: manifest }, missing)}`
}

async function describeLayer(descriptor: Descriptor, { archive, blobs }: Lookup): Promise<DescribedLayer> {
  const { mediaType, digest, size } = descriptor
  const blob = { ...descriptor, digest: parseDigest(digest) }
  const member = await archive.find(blobPath(blob.digest))
  const found = member === undefined ? null : packingOf(await archive.looks(member))
  const isLayer = layerCompression(mediaType) !== undefined
  if (isLayer && found !== null) warnOfMediaType(descriptor, found, archive.context.warn)
  const present = await blobs.has(blob)
  return { mediaType, digest, size, diffID: null, compression: isLayer ? found : null, present }
}
