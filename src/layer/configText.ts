import { CONFIG_ORDER, RUN_ORDER } from '../spec/goOrder.js'
import { jsonText } from '../spec/json/canonical.js'
import { textOf } from '../spec/json/goText.js'
import { joinItems, RawObject, rawItems } from '../spec/json/rawObject.js'
import { unquote } from '../spec/json/tokens.js'
import { CLEARABLE, type ConfigChanges, pairOf, timeOf } from './configChanges.js'

/**
 * Returns an image config with changes. Everything else stays as it stands: unknown fields, order, numbers.
 *
 * @param bytes of a config that has been checked
 * @param step returns the next step of the history, if there is to be one; it is given the author
 */
export function editedConfig(
  bytes: Buffer,
  changes: ConfigChanges,
  step: (author: string) => string | undefined,
): Buffer {
  const config = RawObject.struct(textOf(bytes), CONFIG_ORDER)
  changeAbout(config, changes)
  const before = config.get('config') ?? '{}'
  const run = RawObject.struct(before, RUN_ORDER)
  changeRun(run, changes)
  if (run.toString() !== before) config.set('config', run.toString())
  const author = config.get('author')
  const next = step(author === undefined ? '' : unquote(author))
  if (next !== undefined) config.set('history', joinItems([...rawItems(config.get('history') ?? '[]'), next]))
  return Buffer.from(config.toString())
}

/** A layer as the config of an image names it. */
export interface ConfigLayer {
  diffID: string
  /** The step of the history, as Go prints it, if there is to be one. */
  step: string | undefined
}

/**
 * Returns an image config with further layers. Everything else stays as it stands.
 *
 * @param bytes of a config that has been checked
 */
export function configWithLayers(bytes: Buffer, layers: readonly ConfigLayer[]): Buffer {
  const config = RawObject.struct(textOf(bytes), CONFIG_ORDER)
  const rootfs = RawObject.struct(config.get('rootfs') ?? '{"type":"layers"}', ['type', 'diff_ids'])
  const diffIDs = layers.map(({ diffID }) => jsonText(diffID))
  rootfs.set('diff_ids', joinItems([...rawItems(rootfs.get('diff_ids') ?? '[]'), ...diffIDs]))
  config.set('rootfs', rootfs.toString())
  const steps = layers.flatMap(({ step }) => step ?? [])
  if (steps.length > 0) config.set('history', joinItems([...rawItems(config.get('history') ?? '[]'), ...steps]))
  return Buffer.from(config.toString())
}

/** The layers of an image, and what goes with them. */
interface LayerParts {
  diffIDs: readonly string[]
  /** The steps, as they stand in their documents; undefined to leave the history as it is. */
  history: readonly string[] | undefined
  osVersion?: string | undefined
}

/** Returns an image config with these layers and steps in place of its own. Everything else stays as it stands. */
export function configOfLayers(bytes: Buffer, { diffIDs, history, osVersion }: LayerParts): Buffer {
  const config = RawObject.struct(textOf(bytes), CONFIG_ORDER)
  const rootfs = RawObject.struct(config.get('rootfs') ?? '{"type":"layers"}', ['type', 'diff_ids'])
  rootfs.set('diff_ids', jsonText(diffIDs))
  config.set('rootfs', rootfs.toString())
  if (history !== undefined) config.set('history', joinItems(history))
  setText(config, 'os.version', osVersion)
  return Buffer.from(config.toString())
}

function changeAbout(config: RawObject, { created, author, os, architecture, variant }: ConfigChanges): void {
  if (created !== undefined) config.set('created', jsonText(timeOf('created', created)))
  setText(config, 'author', author)
  setText(config, 'variant', variant)
  // Go prints these two even if they are empty.
  if (os !== undefined) config.set('os', jsonText(os))
  if (architecture !== undefined) config.set('architecture', jsonText(architecture))
}

function changeRun(run: RawObject, changes: ConfigChanges): void {
  const { user, exposedPorts, env = [], entrypoint, cmd, volumes, labels = [], workingDir, stopSignal } = changes
  for (const key of changes.clear ?? []) if (key.startsWith('config.')) run.delete(CLEARABLE.get(key) ?? '')
  setText(run, 'User', user)
  setText(run, 'StopSignal', stopSignal)
  setText(run, 'WorkingDir', workingDir)
  addKeys(run, 'ExposedPorts', exposedPorts)
  if (env.length > 0) run.set('Env', joinItems(env.reduce(withVariable, rawItems(run.get('Env') ?? '[]'))))
  setWords(run, 'Entrypoint', entrypoint)
  setWords(run, 'Cmd', cmd)
  addKeys(run, 'Volumes', volumes)
  setPairs(run, 'Labels', labels)
}

function setText(object: RawObject, key: string, value: string | undefined): void {
  if (value === '') object.delete(key)
  else if (value !== undefined) object.set(key, jsonText(value))
}

function setWords(object: RawObject, key: string, words: readonly string[] | undefined): void {
  if (words?.length === 0) object.delete(key)
  else if (words !== undefined) object.set(key, jsonText(words))
}

/** Adds keys to a map that Go uses as a set. */
function addKeys(object: RawObject, key: string, names: readonly string[] = []): void {
  if (names.length === 0) return
  const map = RawObject.map(object.get(key) ?? '{}')
  const known = new Set(map.keys)
  map.setEach(new Map(names.filter((name) => !known.has(name)).map((name) => [name, '{}'])))
  object.set(key, map.toString())
}

/** Sets pairs of `name=value` in a map of texts. */
export function setPairs(object: RawObject, key: string, pairs: readonly string[]): void {
  if (pairs.length === 0) return
  const map = RawObject.map(object.get(key) ?? '{}')
  map.setEach(new Map(pairs.map(pairOf).map(([name, value]) => [name, jsonText(value)])))
  object.set(key, map.toString())
}

/** Returns the variables with one more; the first one of that name changes in place. */
function withVariable(variables: readonly string[], pair: string): string[] {
  const [name] = pairOf(pair)
  const at = variables.findIndex((text) => text.startsWith('"') && unquote(text).startsWith(`${name}=`))
  return at < 0 ? [...variables, jsonText(pair)] : variables.with(at, jsonText(pair))
}
