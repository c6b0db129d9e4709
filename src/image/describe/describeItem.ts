import type { Archive } from '../../archive/archive.js'
import type { Item } from '../../docker/read/item.js'
import { itemManifest } from '../../docker/read/itemManifest.js'
import { lookAtLayer } from '../../docker/read/layerFile.js'
import type { V1Image } from '../../docker/read/v1Stored.js'
import { sizeOfStep, type V1Step, type V1Stored } from '../../docker/read/v1Stored.js'
import { isCompression } from '../../spec/compression.js'
import { listShort } from '../../spec/cut.js'
import { ociLayerType } from '../../spec/mediaTypes.js'
import { type ImageConfig, parseDockerV1Layer } from '../../spec/parse.js'
import { familiarName } from '../../spec/reference.js'
import { describeConfig } from './describeConfig.js'
import { type Described, type DescribedLayer, sizeOfShown, UNKNOWN } from './described.js'

/** Describes an image of manifest.json. */
export async function describeItem({ names, config, layers, diffIDs }: Item, archive: Archive): Promise<Described> {
  archive.context.budget.descriptions.take(sizeOfShown({ bytes: config.bytes.length, layers: layers.length }))
  const described: DescribedLayer[] = []
  for (const [at, path] of layers.entries()) described.push(await describeFile(path, diffIDs[at] ?? null, archive))
  const missing = layers.filter((_, at) => described[at]?.present === false)
  return {
    ...UNKNOWN,
    ...(layers.length === diffIDs.length ? plainManifest(config, described) : {}),
    ...describeConfig(config.parsed, described.length),
    names: names.map(familiarName),
    config: config.digest,
    layers: described,
    problem: missing.length === 0 ? null : `incomplete: the source lacks ${listShort(missing)}`,
  }
}

/** Describes an image of an archive without manifest.json. Its layers are not read, so its config is not known. */
export async function describeV1({ names, layers }: V1Image, archive: Archive): Promise<Described> {
  const described: DescribedLayer[] = []
  for (const { path } of layers) described.push(await describeFile(path, null, archive))
  const steps: V1Step[] = []
  for (const layer of layers) steps.push(await layer.step())
  archive.context.budget.descriptions.take(
    sizeOfShown({ bytes: steps.reduce((total, step) => total + sizeOfStep(step), 0), layers: layers.length }),
  )
  return {
    ...UNKNOWN,
    ...describeConfig(await configOfTop(layers.at(-1), archive), described.length),
    names: names.map(familiarName),
    layers: described,
    history: steps.map((step, at) => ({ ...step, layer: at })),
  }
}

/** Returns the shown fields that Docker takes from the top layer into the config. */
async function configOfTop(top: V1Stored | undefined, archive: Archive): Promise<ImageConfig> {
  if (top === undefined) return {}
  const json = await top.json()
  archive.context.budget.descriptions.take(sizeOfShown({ bytes: json.length, layers: 0 }))
  const { architecture, os, variant, created, author, config } = parseDockerV1Layer(json, top.where)
  const stated = Object.entries({ architecture, os, variant, created, author, config })
  return Object.fromEntries(stated.filter(([, value]) => value != null))
}

async function describeFile(path: string, diffID: string | null, archive: Archive): Promise<DescribedLayer> {
  const looks = await lookAtLayer(path, diffID, archive)
  if (looks === undefined) {
    return { mediaType: null, digest: null, size: null, diffID, compression: null, present: false }
  }
  const { size, packing } = looks
  return {
    mediaType: isCompression(packing) ? ociLayerType(packing) : null,
    digest: packing === 'none' ? diffID : null,
    size,
    diffID,
    compression: packing,
    present: true,
  }
}

/** Returns the manifest that `convert` makes of an image whose layers are all plain, since their digests are stated. */
function plainManifest(config: Item['config'], layers: readonly DescribedLayer[]) {
  const mediaType = ociLayerType('none')
  const parts = layers.flatMap(({ digest, size }) =>
    digest === null || size === null ? [] : [{ mediaType, digest, size }],
  )
  if (parts.length < layers.length) return {}
  const { root } = itemManifest(config, parts)
  return { digest: root.digest, mediaType: root.mediaType }
}
