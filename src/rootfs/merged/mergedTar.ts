import { type Bytes, CHUNK } from '../../bytes/bytes.js'
import { ImageError } from '../../spec/errors.js'
import type { Attributes } from '../../tar/attributes.js'
import { encodeEntry, fitsPax } from '../../tar/encodeEntry.js'
import type { LayerEntry } from '../../tar/layerHeaders.js'
import { type EntrySink, LayerParser } from '../../tar/layerParser.js'
import { END } from '../../tar/write.js'
import { impliedAt } from '../finish.js'
import { namesIn } from '../names.js'
import { whiteoutHeader } from '../packer.js'
import { EntryTrail } from './entryTrail.js'
import type { MergePlan } from './mergePlan.js'
import { WholeContent } from './wholeContent.js'

/** A layer that passes once more. */
export interface PassingLayer {
  tar: Bytes
  /** The number of its first entry. */
  first: number
  /** What its headers said when the tar was planned. */
  trail: string
  /** Name for messages. */
  where: string
}

interface TarOptions {
  /** True to write what the layers say of the root directory. */
  hasRoot: boolean
}

/**
 * Makes one tar of the layers of a plan. Each object has the attributes and the content of its layer, and its paths in the
 * merged file system. It stands where its layer has it; other names of it follow as hard links.
 */
export class MergedTar implements EntrySink {
  readonly #plan: MergePlan
  readonly #options: TarOptions
  #entry = 0
  #trail = new EntryTrail()
  #content: WholeContent | undefined
  /** The headers that follow the content; made when they are written, since there may be a million. */
  #links: Iterable<Uint8Array> | undefined
  #pieces: Iterable<Uint8Array>[] = []
  /** Small pieces on their way out. */
  readonly #buffer = Buffer.alloc(CHUNK)
  /** Entries written. */
  entries = 0

  constructor(plan: MergePlan, options: TarOptions) {
    this.#plan = plan
    this.#options = options
  }

  /**
   * Returns the tar.
   * @throws ImageError INTEGRITY for a layer whose headers are not as they were; what the layers throw
   */
  async *bytes(layers: Iterable<PassingLayer>): Bytes {
    this.#pieces.push(this.#start())
    yield* this.#joined()
    for (const layer of layers) {
      const parser = new LayerParser(this)
      this.#entry = layer.first
      this.#trail = new EntryTrail()
      for await (const chunk of layer.tar) {
        parser.push(chunk)
        yield* this.#joined()
      }
      parser.end()
      yield* this.#joined()
      if (this.#trail.end() === layer.trail) continue
      throw new ImageError('INTEGRITY', 'the layer changed while it was read', { where: layer.where })
    }
    yield END
  }

  begin(entry: LayerEntry): void {
    this.#trail.add(entry)
    const planned = this.#plan.paths[this.#entry++]
    if (planned !== undefined) this.#write(entry, typeof planned === 'string' ? [planned] : planned)
  }

  write(bytes: Uint8Array): void {
    if (this.#content !== undefined) this.#pieces.push(this.#content.next(bytes))
  }

  end(): void {
    if (this.#content !== undefined) this.#pieces.push(this.#content.end())
    this.#content = undefined
    if (this.#links !== undefined) this.#pieces.push(this.#links)
    this.#links = undefined
  }

  /** Yields what no entry of the layers stands for. */
  *#start(): Generator<Uint8Array> {
    for (const { path, attributes = impliedAt(path) } of this.#plan.directories)
      yield* this.#header(attributes, { path })
    for (const path of this.#plan.removed) {
      this.entries++
      yield encodeEntry(whiteoutHeader(path.replace(/[^/]*$/, '.wh.$&')))
    }
  }

  #write({ attributes, size, sparse }: LayerEntry, paths: readonly string[]): void {
    const own = paths.length === 1 ? undefined : namesIn(attributes.path).join('/')
    const path = own !== undefined && paths.includes(own) ? own : (paths[0] ?? '')
    const isFile = attributes.kind === 'file'
    this.#pieces.push(this.#header(attributes, { path, size: isFile ? size : 0 }))
    if (isFile) this.#content = new WholeContent(size, sparse)
    if (paths.length > 1) this.#links = this.#linksTo(path, paths, attributes)
  }

  *#linksTo(target: string, paths: readonly string[], attributes: Attributes): Generator<Uint8Array> {
    for (const path of paths) {
      if (path !== target) yield* this.#header({ ...attributes, kind: 'hardlink', target }, { path })
    }
  }

  *#header(attributes: Attributes, { path, size = 0 }: { path: string; size?: number }): Generator<Uint8Array> {
    if (path === '' && !this.#options.hasRoot) return
    this.entries++
    const { seconds, nanoseconds } = attributes.mtime
    const end = attributes.kind === 'directory' && path !== '' ? '/' : ''
    const xattrs = attributes.xattrs.filter(([name]) => fitsPax(name))
    yield encodeEntry({
      ...attributes,
      xattrs,
      path: path === '' ? '.' : path + end,
      mtime: seconds,
      nanoseconds,
      size,
    })
  }

  *#joined(): Generator<Uint8Array> {
    const pieces = this.#pieces
    this.#pieces = []
    yield* joined(pieces, this.#buffer)
  }
}

/**
 * Yields pieces, and small ones as one, since each costs its receivers the same. A chunk is valid until the next one is
 * asked for.
 */
function* joined(pieces: Iterable<Iterable<Uint8Array>>, buffer: Buffer): Generator<Uint8Array> {
  let filled = 0
  for (const piece of all(pieces)) {
    const isLarge = piece.length >= LARGE
    if (filled > 0 && (isLarge || filled + piece.length > buffer.length)) {
      yield buffer.subarray(0, filled)
      filled = 0
    }
    if (isLarge) {
      yield piece
      continue
    }
    buffer.set(piece, filled)
    filled += piece.length
  }
  if (filled > 0) yield buffer.subarray(0, filled)
}

function* all<T>(lists: Iterable<Iterable<T>>): Generator<T> {
  for (const list of lists) yield* list
}

/** Bytes of a piece that is worth a turn of its own. */
const LARGE = 64 * 1024
