import { fieldsOfDockerV1Layer } from '../../generated/validators.js'
import type { DiffID } from '../../spec/digest.js'
import { byBytes, escapeHTML } from '../../spec/json/canonical.js'
import { type Exact, type ExactObject, parseExact, rawFields } from '../../spec/json/exact.js'
import { fieldValue, joinFields, printStruct, printText } from '../goJSON.js'

/** The parts of a v1 image from which Docker makes a config. */
export interface V1Source {
  /** The top layer: content of its file `json`, and the file's path for messages. */
  top: { json: Buffer; where: string }
  /** The layers' history entries as printed by {@link historyOfV1}, bottom first. */
  history: readonly string[]
  /** Bottom first. */
  diffIDs: readonly DiffID[]
}

/** Fields that name the layer in its archive, or count bytes on a disk. They are not part of the image. */
const DROPPED = ['id', 'parent', 'Size', 'parent_id', 'layer_id', 'throwaway']

/** Since this version Docker takes over a layer's json as it stands. */
const TAKEN_AS_IT_STANDS = '1.8.3'

/**
 * Returns the config that `docker load` up to Docker 28 makes of an image that has none; its digest is the image ID in
 * Docker. It is the top layer's json with rootfs and history added and its keys sorted (moby, image/v1/imagev1.go).
 * @throws ImageError FORMAT for a json that Docker could not read
 */
export function configOfV1({ top, history, diffIDs }: V1Source): Buffer {
  const text = top.json.toString()
  const fields = topFields(text, parseExact(text) as ExactObject, top.where)
  for (const name of DROPPED) fields.delete(name)
  fields.set('rootfs', joinFields([['type', printText('layers')], ...named('diff_ids', diffIDs.map(printText))]))
  fields.set('history', `[${history.join(',')}]`)
  return Buffer.from(joinFields([...fields].sort(([a], [b]) => byBytes(a, b))))
}

/**
 * Returns the history entry that the config has for a layer.
 * @throws ImageError FORMAT for a json that Docker could not read
 */
export function historyOfV1(json: Buffer, where: string): string {
  const layer = parseExact(json.toString()) as ExactObject
  return historyOf(layer, printLayer(layer, where))
}

/** Prints all fields as Docker does; throws if Docker could not read them. */
function printLayer(layer: ExactObject, where: string): Map<string, string> {
  return printStruct(layer, fieldsOfDockerV1Layer, { where, without: NEWER })
}

/** Fields that Docker has since version 25. */
const NEWER: ReadonlySet<string> = new Set(['StartInterval'])

function topFields(text: string, layer: ExactObject, where: string): Map<string, string> {
  const version = fieldValue(layer, 'docker_version')
  const printed = printLayer(layer, where)
  if (isOlder(typeof version === 'string' ? version : '', TAKEN_AS_IT_STANDS)) return printed
  return new Map([...rawFields(text)].map(([key, raw]) => [key, escapeHTML(raw)]))
}

function historyOf(layer: ExactObject, printed: ReadonlyMap<string, string>): string {
  const command = commandOf(layer)
  const fields = ['created', 'author'].flatMap((name) => pick(printed, name))
  if (command !== '') fields.push(['created_by', printText(command)])
  return joinFields([...fields, ...pick(printed, 'comment')])
}

/** Returns the command that made the layer, its words joined as Docker joins them. */
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

/** Compares versions part by part as numbers; a part that is not a number counts as 0 (moby, api/types/versions). */
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
