import { fieldsOfDockerV1Layer } from '../../generated/validators.js'
import { chainIDs, type Digest, digestOf, hexOf } from '../../spec/digest.js'
import { byBytes } from '../../spec/json/canonical.js'
import { type Exact, type ExactObject, parseExact } from '../../spec/json/exact.js'
import { fieldValue, joinFields, printStruct, printText, withShortEscapes } from '../goJSON.js'

/** A layer in the archives of Docker's first years. */
export interface V1Layer {
  /** 64 hex digits that identify this layer and those below it; on the top layer, also the image. */
  id: string
  /** Content of the layer's file `json`. */
  json: Buffer
}

/** The daemon's traits that v1 layers depend on. */
export interface V1Options {
  /** The daemon's version: up to 24, or 25 to 28. */
  era: 'docker-legacy' | 'docker-25'
  /** The moment 1970-01-01T00:00:00Z in the time zone of the daemon (RFC 3339). The ids depend on it. */
  epoch: string
  /** The config's name, for messages. */
  where: string
}

/**
 * Returns the v1 layers of an image, bottom first, with the ids and bytes that `docker save` gives them (moby,
 * image/v1/imagev1.go, CreateID).
 * @throws ImageError FORMAT for a config that Docker could not read
 */
export function v1Layers(config: Buffer, diffIDs: readonly Digest[], options: V1Options): V1Layer[] {
  const image = parseExact(config.toString()) as ExactObject
  const layers: V1Layer[] = []
  for (const [at, chainID] of chainIDs(diffIDs).entries()) {
    const isTop = at === diffIDs.length - 1
    const fields = printLayer(isTop ? image : new Map<string, Exact>([['created', options.epoch]]), options)
    const parent = layers.at(-1)?.id
    const id = idOf(fields, { chainID, parent, options })
    layers.push({ id, json: fileOf(fields, { id, parent, image, options }) })
  }
  return layers
}

/** Prints the layer's own fields, without those that identify it. */
function printLayer(source: ExactObject, { era, where }: V1Options): Map<string, string> {
  const without = new Set(['id', 'parent'])
  if (era === 'docker-legacy') without.add('StartInterval')
  const fields = printStruct(source, fieldsOfDockerV1Layer, { where, without })
  // Since Docker 25 an unknown time is null, and not Go's zero time.
  if (era === 'docker-25' && fieldValue(source, 'created') === null) fields.set('created', 'null')
  return fields
}

interface Identity {
  chainID: Digest
  parent: string | undefined
  options: V1Options
}

function idOf(fields: ReadonlyMap<string, string>, { chainID, parent, options }: Identity): string {
  const named = new Map([...fields, ['layer_id', printText(chainID)]])
  if (parent !== undefined) named.set('parent', printText(`sha256:${parent}`))
  const sorted = [...named].sort(([a], [b]) => byBytes(a, b))
  return hexOf(digestOf(bytesOf(joinFields(sorted), options)))
}

interface File {
  id: string
  parent: string | undefined
  image: ExactObject
  options: V1Options
}

/** Returns the layer's file, which states the operating system even where the id does not depend on it. */
function fileOf(fields: ReadonlyMap<string, string>, { id, parent, image, options }: File): Buffer {
  const { where } = options
  const os = printStruct(
    image,
    fieldsOfDockerV1Layer.filter(({ name }) => name === 'os'),
    { where, without: NOTHING },
  )
  const all = new Map([...fields, ...os, ['id', printText(id)]])
  if (parent !== undefined) all.set('parent', printText(parent))
  const ordered = fieldsOfDockerV1Layer.flatMap(({ name }) => {
    const text = all.get(name)
    return text === undefined ? [] : [[name, text] as const]
  })
  return bytesOf(joinFields(ordered), options)
}

const NOTHING: ReadonlySet<string> = new Set()

function bytesOf(json: string, { era }: V1Options): Buffer {
  return Buffer.from(era === 'docker-legacy' ? json : withShortEscapes(json))
}
