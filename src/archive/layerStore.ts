import type { Context } from '../bytes/context.js'
import type { Claim } from '../hashing/verify.js'
import { diffIDOf, type Layer, type LayerOptions, storeLayer } from '../layer/pipeline.js'
import type { DiffID } from '../spec/digest.js'
import { attempt } from '../spec/errors.js'
import type { Warning } from '../spec/warnings.js'
import type { BlobPool } from '../store/blobs.js'
import { claimedDigest } from '../store/layout/layoutFiles.js'
import type { TarEntry } from '../tar/entry.js'
import type { Archive } from './archive.js'

/** Where layers go, and what becomes of them. */
export interface LayerTarget {
  sink: BlobPool
  options: LayerOptions
}

const NOTHING: Pick<Layer, 'compressor'> = {}

/** The layers of an archive, each stored once, however often it is asked for. */
export class LayerStore {
  readonly archive: Archive
  readonly sink: BlobPool
  readonly options: LayerOptions
  readonly #layers: Map<TarEntry, Promise<Layer>>
  readonly #diffIDs = new Map<TarEntry, Promise<DiffID>>()

  constructor(archive: Archive, { sink, options }: LayerTarget) {
    this.archive = archive
    this.sink = sink
    this.options = options
    this.#layers = new Map(archive.stored)
  }

  get context(): Context {
    return this.archive.context
  }

  /** Stores a file as a layer. @throws ImageError INTEGRITY if it is not what it is claimed to be, FORMAT */
  layer(member: TarEntry, plainClaim?: Claim): Promise<Layer> {
    const layer = this.#layers.get(member) ?? this.#store(member, plainClaim)
    this.#layers.set(member, layer)
    return layer
  }

  /** Returns the digest of a file's uncompressed bytes, of a layer that need not be stored. */
  async diffID(member: TarEntry): Promise<DiffID> {
    const stored = this.#layers.get(member)
    if (stored !== undefined) return (await stored).diffID
    const known = this.#diffIDs.get(member) ?? diffIDOf(this.#watched(member))
    this.#diffIDs.set(member, known)
    return known
  }

  /** Returns what compressed layers, of those whose bytes are new; undefined if none are. */
  async compressor(): Promise<string | undefined> {
    for (const layer of this.#layers.values()) {
      // What failed is told by who needs it.
      const { compressor } = await layer.catch(() => NOTHING)
      if (compressor !== undefined) return compressor
    }
    return undefined
  }

  #store(member: TarEntry, plainClaim: Claim | undefined): Promise<Layer> {
    const digest = claimedDigest(member.path)
    const bytes = {
      bytes: this.#watched(member),
      ...(digest === undefined ? {} : { claim: { digest, size: member.size } }),
      ...(plainClaim === undefined ? {} : { plainClaim }),
      again: (start?: number) => this.archive.open(member, start),
      note: noteOf(member, this.context),
    }
    return attempt(`ingest ${member.path}`, () => storeLayer(bytes, this.sink, this.options))
  }

  #watched(member: TarEntry) {
    return this.context.watch({ name: member.path, size: member.size }, this.archive.open(member))
  }
}

/** Returns where oddities of a layer's bytes are told. */
export function noteOf({ path }: TarEntry, { warn }: Context): (oddity: Omit<Warning, 'where'>) => void {
  return (oddity) => warn({ ...oddity, where: path })
}
