import { type Bytes, CHUNK, readAll, single, tooLarge } from '../bytes/bytes.js'
import type { Context } from '../bytes/context.js'
import { memoryFor } from '../bytes/smallContent.js'
import { type Looks, sniff } from '../bytes/sniff.js'
import type { Sum } from '../hashing/hash.js'
import { regroup } from '../io/doubleBuffer.js'
import { type Layer, storeLayer } from '../layer/pipeline.js'
import type { Compression } from '../spec/compression.js'
import { attempt, type ErrorCode, ImageError, invariant } from '../spec/errors.js'
import type { TarEntry } from '../tar/entry.js'
import { Members } from '../tar/members.js'
import { pathParts } from '../tar/paths.js'
import { type Ending, readTar } from '../tar/read.js'
import type { Contents } from './archive.js'
import { isTable, TABLE_LIMIT } from './fileNames.js'
import { type LayerTarget, noteOf } from './layerStore.js'

/** Where the files of an archive go that passes, and which of them are read as layers. */
export interface Intake extends LayerTarget {
  context: Context
  /** Of what looks like a layer: all, none, or what is no blob, since descriptors tell later what a blob is. */
  layers: 'all' | 'none' | 'outside blobs'
}

/**
 * Takes an archive in as it arrives. What names the layers comes last, so every file goes to the sink at once: what
 * looks like a layer through the layer pipeline, the rest as it is. What nothing names in the end, the sink drops.
 */
export async function streamContents(bytes: Bytes, intake: Intake): Promise<Contents> {
  const passing = new Passing(intake)
  const entries = readTar(bytes)
  for (let next = await entries.next(); ; next = await entries.next()) {
    if (next.done) {
      passing.ending = next.value
      return passing
    }
    const { entry, content } = next.value
    if (!passing.members.add(entry)) passing.outside.push(entry.path)
    else if (entry.type === 'file') await passing.take(entry, content)
    await intake.context.breathe()
  }
}

const NOTHING = new Uint8Array(0)

/** Everything that has passed so far. */
class Passing implements Contents {
  readonly members: Members<TarEntry>
  readonly stored = new Map<TarEntry, Promise<Layer>>()
  readonly passed = new Map<TarEntry, Sum>()
  readonly looks = new Map<TarEntry, Looks>()
  readonly outside: string[] = []
  ending: Ending = { marked: true, followed: false }
  readonly #tables = new Map<TarEntry, Buffer>()
  readonly kept = new Set<TarEntry>()
  readonly #intake: Intake

  constructor(intake: Intake) {
    this.#intake = intake
    this.members = new Members(intake.context.budget)
  }

  open(member: TarEntry, start = 0): Bytes {
    if (member.size === 0) return single(NOTHING)
    const table = this.#tables.get(member)
    if (table !== undefined) return single(table.subarray(start))
    const sum = this.passed.get(member)
    return sum === undefined ? this.#openLayer(member, start) : this.#intake.sink.open(sum, start)
  }

  /** What went through the layer pipeline, for whoever takes it for something else. */
  async *#openLayer(member: TarEntry, start: number): Bytes {
    const layer = await this.stored.get(member)
    invariant(layer !== undefined, `${member.path} passed and is either a table, a blob or a layer`)
    if (!this.kept.has(member)) {
      throw new ImageError(
        'UNSUPPORTED',
        'it was recompressed as a layer while it passed, and is named as something else',
        {
          where: member.path,
          hint: 'convert the archive from a file',
        },
      )
    }
    yield* this.#intake.sink.open(layer, start)
  }

  async take(entry: TarEntry, content: Bytes): Promise<void> {
    const { sink, context, options, layers } = this.#intake
    if (isTable(entry.path)) {
      if (entry.size > TABLE_LIMIT) throw tooLarge(entry.path, TABLE_LIMIT)
      context.budget.documents.take(entry.size)
      this.#tables.set(entry, await readAll(content, { limit: TABLE_LIMIT, where: entry.path }))
      return
    }
    // There may be many of them, and nothing of one is to be known.
    if (entry.size === 0) return
    // A pipe brings little at a time: other threads can be given more of it only at once, and are not always there at once.
    const grouped = entry.size > CHUNK ? regroup(content, { count: 4, memory: memoryFor(entry.size) }) : content
    const watched = context.watch({ name: entry.path, size: entry.size }, grouped)
    await attempt(`ingest ${entry.path}`, async () => {
      const { looks, bytes } = await sniff(watched)
      this.looks.set(entry, looks)
      const mayBeLayer = layers === 'all' || (layers === 'outside blobs' && !isBlob(entry.path))
      if (mayBeLayer && LAYERS.has(looks)) {
        const { layer, compression } = await settled(
          entry,
          storeLayer({ bytes, looks, note: noteOf(entry, context) }, sink, options),
        )
        this.stored.set(entry, layer)
        if (compression === (looks === 'tar' ? 'none' : looks)) this.kept.add(entry)
      } else {
        this.passed.set(entry, await sink.put(bytes))
      }
    })
  }
}

const LAYERS: ReadonlySet<Looks> = new Set<Looks>(['tar', 'gzip', 'zstd', 'xz', 'bzip2'])

/** In an OCI layout, descriptors tell what a blob is, and they come last: it stays as it is until they do. */
function isBlob(path: string): boolean {
  return pathParts(path)?.includes('blobs') === true
}

/**
 * Waits for a layer. A file that turns out not to be one, since its compression is damaged or unknown, is only an error
 * if an image names it as a layer; if it was the archive that broke off, the next step meets that again.
 */
async function settled(entry: TarEntry, layer: Promise<Layer>): Promise<Settled> {
  try {
    return { layer, compression: (await layer).compression }
  } catch (error) {
    if (!(error instanceof ImageError) || !NO_LAYER.has(error.code)) throw error
    const failed = Promise.reject(error.during(`ingest ${entry.path}`))
    failed.catch(() => {})
    return { layer: failed, compression: undefined }
  }
}

interface Settled {
  layer: Promise<Layer>
  /** Undefined if it is none. */
  compression: Compression | undefined
}

const NO_LAYER: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['FORMAT', 'UNSUPPORTED'])
