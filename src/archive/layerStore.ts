import type { Context } from '../bytes/context.js'
import type { Layer } from '../layer/layer.js'
import type { LayerOptions } from '../layer/layerOptions.js'
import { diffIDOf, storeLayer } from '../layer/pipeline.js'
import type { Claim } from '../spec/claim.js'
import type { Algorithm, DiffID } from '../spec/digest.js'
import { attempt } from '../spec/errors.js'
import type { Warning } from '../spec/warnings.js'
import type { BlobPool } from '../store/blobs.js'
import { claimedDigest } from '../store/layout/layoutNames.js'
import type { TarEntry } from '../tar/entry.js'
import type { Archive } from './archive.js'

/** Sink and options for layers. */
export interface LayerTarget {
  sink: BlobPool
  options: LayerOptions
}

const NOTHING: Pick<Layer, 'compressor'> = {}

/** Layers of an archive. Each is stored once, however often it is asked for. */
export class LayerStore {
  readonly archive: Archive
  readonly sink: BlobPool
  readonly options: LayerOptions
  readonly #layers: Map<TarEntry, Promise<Layer>>
  readonly #diffIDs = new Map<Algorithm, Map<TarEntry, Promise<DiffID>>>()

  constructor(archive: Archive, { sink, options }: LayerTarget) {
    this.archive = archive
    this.sink = sink
    this.options = options
    this.#layers = new Map(archive.stored)
  }

  get context(): Context {
    return this.archive.context
  }

  /** True if the file is stored as a layer, or will be. */
  knows(member: TarEntry): boolean {
    return this.#layers.has(member)
  }

  /** Stores a file as a layer. @throws ImageError INTEGRITY if it differs from its claim, FORMAT */
  layer(member: TarEntry, plainClaim?: Claim): Promise<Layer> {
    const layer = this.#layers.get(member) ?? this.#store(member, plainClaim)
    this.#layers.set(member, layer)
    return layer
  }

  /** Returns the digest of a file's uncompressed bytes, without storing the layer. */
  async diffID(member: TarEntry, algorithm: Algorithm = 'sha256'): Promise<DiffID> {
    const stored = this.#layers.get(member)
    if (stored !== undefined) return (await stored).diffID
    const diffIDs = this.#diffIDs.get(algorithm) ?? new Map<TarEntry, Promise<DiffID>>()
    const known = diffIDs.get(member) ?? diffIDOf(this.#watched(member), algorithm)
    this.#diffIDs.set(algorithm, diffIDs.set(member, known))
    return known
  }

  /** Returns the compressor of the layers with new bytes; undefined if there are none. */
  async compressor(): Promise<string | undefined> {
    for (const layer of this.#layers.values()) {
      // The failure is reported when the layer is needed.
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
      open: (start?: number) => this.archive.open(member, start),
      note: noteOf(member, this.context),
    }
    return attempt(`ingest ${member.path}`, () => storeLayer(bytes, this.sink, this.options))
  }

  #watched(member: TarEntry) {
    return this.context.watch({ name: member.path, size: member.size }, this.archive.open(member))
  }
}

/** Returns a function that warns of oddities in a layer's bytes. */
export function noteOf({ path }: TarEntry, { warn }: Context): (oddity: Omit<Warning, 'where'>) => void {
  return (oddity) => warn({ ...oddity, where: path })
}
