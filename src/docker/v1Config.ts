import { fieldsOfDockerV1Layer } from '../generated/validators.js'
import type { DiffID } from '../spec/digest.js'
import { type Exact, type ExactObject, parseExact, rawFields } from '../spec/exactJSON.js'
import { byBytes, escapeHTML, fieldValue, joinFields, printStruct, printText } from './goJSON.js'

/** A layer of an archive without manifest.json. */
export interface V1Source {
  /** Content of its file `json`. */
  json: Buffer
  diffID: DiffID
  /** Its file, for messages. */
  where: string
}

/** What names the layer in its archive, or counts what is on some disk: none of it is part of the image. */
const DROPPED = ['id', 'parent', 'Size', 'parent_id', 'layer_id', 'throwaway']

/** From this Docker on, a layer's json is taken as it stands. */
const TAKEN_AS_IT_STANDS = '1.8.3'

/**
 * The config that `docker load` up to Docker 28 makes of an image without one, so that it has the image ID that Docker
 * gives it: the top layer's json with rootfs and history added, its keys sorted (moby, image/v1/imagev1.go).
 * @param layers bottom first
 * @throws ImageError FORMAT for a json that Docker could not read
 */
export function configOfV1(layers: readonly V1Source[]): Buffer {
  const exact = layers.map(({ json }) => parseExact(json.toString()) as ExactObject)
  const printed = exact.map((layer, at) => printLayer(layer, layers[at]?.where ?? ''))
  const history = exact.map((layer, at) => historyOf(layer, printed[at] ?? new Map()))
  const fields = topFields(layers.at(-1)?.json.toString() ?? '', exact.at(-1), printed.at(-1))
  for (const name of DROPPED) fields.delete(name)
  const diffIDs = layers.map(({ diffID }) => printText(diffID))
  fields.set('rootfs', joinFields([['type', printText('layers')], ...named('diff_ids', diffIDs)]))
  fields.set('history', `[${history.join(',')}]`)
  return Buffer.from(joinFields([...fields].sort(([a], [b]) => byBytes(a, b))))
}

/** All fields as Docker prints them; also what tells whether Docker could read them. */
function printLayer(layer: ExactObject, where: string): Map<string, string> {
  return printStruct(layer, fieldsOfDockerV1Layer, { where, without: NEWER })
}

/** Since Docker 25. */
const NEWER: ReadonlySet<string> = new Set(['StartInterval'])

function topFields(
  text: string,
  layer: ExactObject | undefined,
  printed: ReadonlyMap<string, string> | undefined,
): Map<string, string> {
  const version = layer === undefined ? null : fieldValue(layer, 'docker_version')
  if (isOlder(typeof version === 'string' ? version : '', TAKEN_AS_IT_STANDS)) return new Map(printed)
  return new Map([...rawFields(text)].map(([key, raw]) => [key, escapeHTML(raw)]))
}

function historyOf(layer: ExactObject, printed: ReadonlyMap<string, string>): string {
  const command = commandOf(layer)
  const fields = ['created', 'author'].flatMap((name) => pick(printed, name))
  if (command !== '') fields.push(['created_by', printText(command)])
  return joinFields([...fields, ...pick(printed, 'comment')])
}

/** The words that made the layer, as Docker joins them. */
function commandOf(layer: ExactObject): string {
  const container = fieldValue(layer, 'container_config')
  const command: Exact = container instanceof Map ? fieldValue(container, 'Cmd') : null
  return Array.isArray(command)
    ? command.map((word) => word ?? '').join(' ')
    : typeof command === 'string'
      ? command
      : ''
}

function pick(printed: ReadonlyMap<string, string>, name: string): [string, string][] {
  const text = printed.get(name)
  return text === undefined ? [] : [[name, text]]
}

function named(name: string, list: readonly string[]): [string, string][] {
  return list.length === 0 ? [] : [[name, `[${list.join(',')}]`]]
}

/** Part by part as numbers; what is none counts as 0 (moby, api/types/versions). */
function isOlder(version: string, than: string): boolean {
  const [one, other] = [version, than].map((text) => text.split('.').map(leadingNumber))
  for (let at = 0; at < Math.max(one?.length ?? 0, other?.length ?? 0); at++) {
    const [a, b] = [one?.[at] ?? 0, other?.[at] ?? 0]
    if (a !== b) return a < b
  }
  return false
}

function leadingNumber(part: string): number {
  return /^[+-]?\d+$/.test(part) ? Number(part) : 0
}
