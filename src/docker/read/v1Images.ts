import type { Archive } from '../../archive/archive.js'
import { REPOSITORIES_FILE, TABLE_LIMIT } from '../../archive/fileNames.js'
import type { LayerStore } from '../../archive/layerStore.js'
import { type DiffID, digestOf } from '../../spec/digest.js'
import { JSONDocument } from '../../spec/documents.js'
import { attempt, ImageError } from '../../spec/errors.js'
import { type ExactObject, parseExact } from '../../spec/json/exact.js'
import { DOCUMENT_LIMIT, parseDockerRepositories, parseDockerV1Layer } from '../../spec/parse.js'
import { familiarName } from '../../spec/reference.js'
import type { Warn } from '../../spec/warnings.js'
import type { Item } from './item.js'
import { findLayer } from './layerFile.js'
import { legalNames } from './manifestJSON.js'
import { configOfV1 } from './v1Config.js'
import type { V1Image } from './v1Stored.js'
import { V1Stored } from './v1Stored.js'

/**
 * Returns the images of an archive of Docker before 1.10: the layers that `repositories` names, even if others are
 * built upon them, and the layers that no other is built upon. Returns undefined for any other archive.
 * @throws ImageError FORMAT, NOT_FOUND, UNSAFE
 */
export async function readV1Images(archive: Archive, warn: Warn): Promise<V1Image[] | undefined> {
  const tagged = await readRepositories(archive, warn)
  const directories = await layerDirectories(archive)
  if (tagged === undefined && directories.length === 0) return undefined
  const table = new V1Table(archive, warn)
  const parents = new Set<string>()
  for (const id of directories) parents.add((await table.read(id, REPOSITORIES_FILE)).parent)
  const tops = directories.filter((id) => !parents.has(id) && tagged?.has(id) !== true).sort()
  const images: V1Image[] = []
  for (const [id, names] of [...(tagged ?? []), ...tops.map((id) => [id, [] as string[]] as const)]) {
    const label = names[0] === undefined ? id : familiarName(names[0])
    images.push({ names, layers: await attempt(`image ${label}`, () => table.chain(id)) })
  }
  // Every layer is below some image, unless the parents form a cycle.
  const reached = new Set(images.flatMap(({ layers }) => layers.map(({ id }) => id)))
  const stray = directories.find((id) => !reached.has(id))
  if (stray === undefined) return images
  throw new ImageError('UNSAFE', 'the parents of layers form a cycle', { where: `${stray}/json` })
}

/** Returns the image with the config that Docker would make for it; its layers are stored for that. */
export async function itemOfV1({ names, layers }: V1Image, store: LayerStore): Promise<Item> {
  const { archive } = store
  const diffIDs: DiffID[] = []
  for (const { path } of layers) diffIDs.push((await store.layer(await findLayer(path, archive))).diffID)
  const history: string[] = []
  for (const layer of layers) history.push(await layer.history())
  const top = layers.at(-1)
  const [json, where] = [(await top?.json()) ?? Buffer.from('{}'), top?.where ?? '']
  const bytes = configOfV1({ top: { json, where }, history, diffIDs })
  const config = archive.context.documents.keep(new JSONDocument(digestOf(bytes), bytes))
  return {
    names,
    config: { digest: config.digest, bytes: config.bytes, parsed: config.config() },
    layers: layers.map(({ path }) => path),
    diffIDs,
    hasSources: false,
  }
}

/** Returns the top-level directories that hold a layer. */
async function layerDirectories(archive: Archive): Promise<string[]> {
  const directories: string[] = []
  for (const path of archive.paths()) {
    if (!path.endsWith(JSON_FILE)) continue
    const id = path.slice(0, -JSON_FILE.length)
    if (id === '' || id.includes('/')) continue
    const isLayer = /^[0-9a-f]{64}$/.test(id) || archive.entry(`${id}/layer.tar`) !== undefined
    if (isLayer && (await archive.find(path)) !== undefined) directories.push(id)
  }
  return directories
}

const JSON_FILE = '/json'

/** Returns names by the id of their top layer, in the order of the file; undefined if there is no such file. */
async function readRepositories(archive: Archive, warn: Warn): Promise<Map<string, string[]> | undefined> {
  const bytes = await archive.read(REPOSITORIES_FILE, TABLE_LIMIT)
  if (bytes === undefined) return undefined
  parseDockerRepositories(bytes, REPOSITORIES_FILE)
  const tagged = new Map<string, string[]>()
  // Not a JavaScript object: it would reorder keys of digits, and tags may be digits.
  for (const [repository, tags] of parseExact(bytes.toString()) as Map<string, ExactObject>) {
    for (const [tag, id] of tags) {
      const names = legalNames([`${repository}:${tag}`], { where: REPOSITORIES_FILE, warn })
      const known = tagged.get(`${id}`)
      if (known === undefined) tagged.set(`${id}`, names)
      else for (const name of names) known.push(name)
    }
  }
  return tagged
}

/** Docker allows 125. */
const MOST_LAYERS = 1000

/** A layer, and the id of its parent; empty if it has none. */
interface Read {
  layer: V1Stored
  parent: string
}

class V1Table {
  readonly #archive: Archive
  readonly #warn: Warn
  readonly #layers = new Map<string, Read>()

  constructor(archive: Archive, warn: Warn) {
    this.#archive = archive
    this.#warn = warn
  }

  /** Returns a layer and all layers below it, bottom first. */
  async chain(top: string): Promise<V1Stored[]> {
    const chain = new Map<string, V1Stored>()
    assertID(top, REPOSITORIES_FILE)
    for (let [id, namedBy] = [top, REPOSITORIES_FILE]; id !== ''; ) {
      if (chain.has(id)) throw new ImageError('UNSAFE', 'the parents of layers form a cycle', { where: `${id}/json` })
      if (chain.size === MOST_LAYERS) throw new ImageError('UNSAFE', `more than ${MOST_LAYERS} layers`, { where: top })
      const { layer, parent } = await this.read(id, namedBy)
      this.#archive.context.budget.steps.take(1)
      chain.set(id, layer)
      namedBy = layer.where
      id = parent
    }
    return [...chain.values()].reverse()
  }

  /** Reads a layer by its id, which is the name of its directory. */
  async read(id: string, namedBy: string): Promise<Read> {
    const known = this.#layers.get(id)
    if (known !== undefined) return known
    assertID(id, namedBy)
    const where = `${id}/json`
    const json = await this.#archive.read(where, DOCUMENT_LIMIT)
    if (json === undefined) {
      const hint = 'the archive is incomplete: save the image again'
      throw new ImageError('NOT_FOUND', `${namedBy} names a layer that is not in the archive`, { where, hint })
    }
    const stated = parseDockerV1Layer(json, where)
    if (stated.id != null && stated.id !== id) {
      this.#warn({
        code: 'V1_ID',
        message: `the layer states the id ${stated.id}; Docker uses the directory's name`,
        where,
      })
    }
    const read = { layer: new V1Stored(id, json, this.#archive), parent: stated.parent ?? '' }
    this.#layers.set(id, read)
    return read
  }
}

/** Throws unless the id can be the name of a directory; a path is refused. */
function assertID(id: string, where: string): void {
  if (/^[^/\\\0]+$/.test(id) && id !== '.' && id !== '..') return
  throw new ImageError('UNSAFE', 'not the id of a layer', {
    where,
    expected: '64 hex digits',
    found: JSON.stringify(id),
  })
}
