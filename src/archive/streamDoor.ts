import { type Bytes, readAll, single, tooLarge } from '../bytes/bytes.js'
import type { Sum } from '../bytes/hash.js'
import { type Looks, sniff } from '../bytes/sniff.js'
import { type Layer, storeLayer } from '../layer/pipeline.js'
import { attempt, type ErrorCode, ImageError, invariant } from '../spec/errors.js'
import type { TarEntry } from '../tar/entry.js'
import { Members } from '../tar/members.js'
import { readTar } from '../tar/read.js'
import type { Contents, Workshop } from './archive.js'
import { type Notes, note } from './notes.js'
import { isTable, TABLE_LIMIT } from './tables.js'

/**
 * Takes an archive in as it arrives. What names the layers comes last, so every file goes to the sink at once: what
 * looks like a layer through the layer pipeline, the rest as it is. What nothing names in the end, the sink drops.
 */
export async function streamContents(bytes: Bytes, workshop: Workshop, notes: Notes): Promise<Contents> {
  const passing = new Passing(workshop)
  const entries = readTar(bytes)
  for (let next = await entries.next(); ; next = await entries.next()) {
    if (next.done) {
      note.ending(next.value, notes)
      return passing
    }
    const { entry, content } = next.value
    if (!passing.members.add(entry)) note.outside(entry, notes)
    else if (entry.type === 'file') await passing.take(entry, content)
  }
}

/** Everything that has passed so far. */
class Passing implements Contents {
  readonly members = new Members<TarEntry>()
  readonly stored = new Map<TarEntry, Promise<Layer>>()
  readonly passed = new Map<TarEntry, Sum>()
  readonly #tables = new Map<TarEntry, Buffer>()
  readonly #workshop: Workshop

  constructor(workshop: Workshop) {
    this.#workshop = workshop
  }

  open(member: TarEntry): Bytes {
    const table = this.#tables.get(member)
    if (table !== undefined) return single(table)
    const sum = this.passed.get(member)
    invariant(sum !== undefined, `${member.path} passed and is either a table, a blob or a layer`)
    return this.#workshop.sink.open(sum)
  }

  async take(entry: TarEntry, content: Bytes): Promise<void> {
    const { sink, context, options } = this.#workshop
    if (isTable(entry.path)) {
      if (entry.size > TABLE_LIMIT) throw tooLarge(entry.path, TABLE_LIMIT)
      this.#tables.set(entry, await readAll(content, { limit: TABLE_LIMIT, where: entry.path }))
      return
    }
    const watched = context.watch({ name: entry.path, size: entry.size }, content)
    await attempt(`ingest ${entry.path}`, async () => {
      const { looks, bytes } = await sniff(watched)
      if (!isBlob(entry.path) && LAYERS.has(looks)) {
        const { layer } = await settled(entry, storeLayer({ bytes }, sink, options))
        this.stored.set(entry, layer)
      } else {
        this.passed.set(entry, await sink.put(bytes))
      }
    })
  }
}

const LAYERS: ReadonlySet<Looks> = new Set<Looks>(['tar', 'gzip', 'zstd', 'xz', 'bzip2'])

/** In an OCI layout, descriptors tell what a blob is, and they come last: it stays as it is until they do. */
function isBlob(path: string): boolean {
  return /^(?:\.?\/)*blobs\//.test(path)
}

/**
 * Waits for a layer. A file that turns out not to be one, since its compression is damaged or unknown, is only an error
 * if an image names it as a layer; if it was the archive that broke off, the next step meets that again.
 */
async function settled(entry: TarEntry, layer: Promise<Layer>): Promise<{ layer: Promise<Layer> }> {
  const failure = await layer.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (failure === undefined) return { layer }
  if (!(failure instanceof ImageError) || !NO_LAYER.has(failure.code)) throw failure
  const failed = Promise.reject(failure.during(`ingest ${entry.path}`))
  failed.catch(() => {})
  return { layer: failed }
}

const NO_LAYER: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['FORMAT', 'UNSUPPORTED'])
