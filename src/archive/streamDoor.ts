import { type Bytes, CHUNK, readAll, single, tooLarge } from '../bytes/bytes.js'
import type { Context } from '../bytes/context.js'
import { memoryFor } from '../bytes/smallContent.js'
import { type Looks, sniff } from '../bytes/sniff.js'
import { regroup } from '../io/doubleBuffer.js'
import type { Layer } from '../layer/layer.js'
import { storeLayer } from '../layer/pipeline.js'
import type { Sum } from '../spec/claim.js'
import type { Compression } from '../spec/compression.js'
import { attempt, type ErrorCode, ImageError, invariant } from '../spec/errors.js'
import type { Ending } from '../tar/ending.js'
import type { TarEntry } from '../tar/entry.js'
import { Members } from '../tar/members.js'
import { pathParts } from '../tar/paths.js'
import { readTar } from '../tar/read.js'
import type { Contents } from './archive.js'
import { isTable, TABLE_LIMIT } from './fileNames.js'
import { type LayerTarget, noteOf } from './layerStore.js'

/** Receiver of the files of a passing archive, and the choice of which are read as layers. */
export interface Intake extends LayerTarget {
  context: Context
  /** Files to read as layers if they look like it. Blobs may be exempt, since descriptors tell later what they are. */
  layers: 'all' | 'none' | 'outside blobs'
}

/**
 * Stores a passing archive. The tables come last, so every file goes to the sink at once: files that look like layers
 * through the layer pipeline, the others unchanged. The sink drops files that no table names in the end.
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

/** Everything that has passed. */
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

  /** Opens a file that went through the layer pipeline, for another use than as a layer. */
  async *#openLayer(member: TarEntry, start: number): Bytes {
    const layer = await this.stored.get(member)
    invariant(layer !== undefined, `${member.path} passed and is either a table, a blob or a layer`)
    if (!this.kept.has(member)) {
      throw new ImageError(
        'UNSUPPORTED',
        'it was recompressed as a layer while it passed, but the image does not use it as a layer',
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
    // There may be many empty files, and their sum is never needed.
    if (entry.size === 0) return
    // A pipe yields small chunks. Another thread takes only large ones, and takes some time to start.
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

/** True for a blob of an OCI layout. It is stored unchanged, since the descriptors that tell what it is come last. */
function isBlob(path: string): boolean {
  return pathParts(path)?.includes('blobs') === true
}

/**
 * Waits for a layer. A file with damaged or unknown compression may turn out not to be one: it is an error only if an
 * image names it as a layer. If the archive itself broke off, the next read fails again.
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
  /** Undefined if it is not a layer. */
  compression: Compression | undefined
}

const NO_LAYER: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['FORMAT', 'UNSUPPORTED'])
