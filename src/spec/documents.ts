import type { Budget } from './budget.js'
import type { Digest } from './digest.js'
import { ImageError } from './errors.js'
import {
  type ArtifactManifest,
  DOCUMENT_LIMIT,
  type ImageConfig,
  type Index,
  type Manifest,
  parseArtifactManifest,
  parseImageConfig,
  parseIndex,
  parseManifest,
} from './parse.js'

/** A JSON document and its digest. Each kind of parsing happens once. */
export class JSONDocument {
  readonly digest: Digest
  readonly bytes: Buffer
  readonly #config = new Once(parseImageConfig)
  readonly #manifest = new Once(parseManifest)
  readonly #artifact = new Once(parseArtifactManifest)
  readonly #index = new Once(parseIndex)

  constructor(digest: Digest, bytes: Buffer) {
    this.digest = digest
    this.bytes = bytes
  }

  /** @throws ImageError FORMAT */
  config(where: string = this.digest): ImageConfig {
    return this.#config.of(this.bytes, where)
  }

  /** @throws ImageError FORMAT */
  manifest(): Manifest {
    return this.#manifest.of(this.bytes, this.digest)
  }

  /** Returns the manifest, with or without a config. @throws ImageError FORMAT */
  manifestOrArtifact(): Manifest | ArtifactManifest {
    try {
      return this.manifest()
    } catch (error) {
      if (!(error instanceof ImageError) || error.code !== 'FORMAT') throw error
      try {
        return this.#artifact.of(this.bytes, this.digest)
      } catch {
        throw error
      }
    }
  }

  /** @throws ImageError FORMAT */
  index(): Index {
    return this.#index.of(this.bytes, this.digest)
  }
}

class Once<T> {
  readonly #parse: (bytes: Buffer, where: string) => T
  #value: T | undefined

  constructor(parse: (bytes: Buffer, where: string) => T) {
    this.#parse = parse
  }

  of(bytes: Buffer, where: string): T {
    this.#value ??= this.#parse(bytes, where)
    return this.#value
  }
}

/** Documents that were read before. */
export interface KnownDocuments {
  /** Returns the document of this digest if it is held or was read last. */
  get(digest: Digest): JSONDocument | undefined
  /** Holds a document for the rest of the run. Returns the one already held, if any. @throws ImageError UNSAFE */
  keep(document: JSONDocument): JSONDocument
  /** Notes a document that is not needed for long. It is held if it is large and often read. */
  pass(document: JSONDocument): JSONDocument
}

/** Documents up to this size may be read each time something names them: that costs no more than the naming. */
const SMALL = 16 * 1024

/** Larger documents are held on the first read: a run may hold only a few of them, and so reads only a few. */
const LARGE = DOCUMENT_LIMIT

/** Maximum number of reads of a document between these sizes: about once for each step of a conversion. */
const MOST_READ = 6

/** Documents of one run, each held once for all readers. */
export class Documents implements KnownDocuments {
  readonly #budget: Pick<Budget, 'documents'>
  readonly #held = new Map<Digest, JSONDocument>()
  readonly #reads = new Map<Digest, number>()
  /** The last document read, since neighbours often name the same one. */
  #last: JSONDocument | undefined

  constructor(budget: Pick<Budget, 'documents'>) {
    this.#budget = budget
  }

  get(digest: Digest): JSONDocument | undefined {
    return this.#held.get(digest) ?? (this.#last?.digest === digest ? this.#last : undefined)
  }

  keep(document: JSONDocument): JSONDocument {
    const { digest, bytes } = document
    const held = this.#held.get(digest)
    if (held !== undefined) return held
    this.#budget.documents.take(bytes.length)
    this.#held.set(digest, document)
    return document
  }

  /** True if the document of this digest is held. */
  isHeld(digest: Digest): boolean {
    return this.#held.has(digest)
  }

  /** True once a document was refused. */
  get isFull(): boolean {
    return this.#budget.documents.isSpent
  }

  /** True if a document of this size can still be held. */
  hasRoomFor(bytes: number): boolean {
    return this.#budget.documents.hasRoomFor(bytes)
  }

  pass(document: JSONDocument): JSONDocument {
    const { digest, bytes } = document
    if (this.get(digest) !== undefined) return document
    this.#last = document
    if (bytes.length <= SMALL) return document
    if (bytes.length > LARGE) return this.keep(document)
    const reads = (this.#reads.get(digest) ?? 0) + 1
    this.#reads.set(digest, reads)
    return reads < MOST_READ ? document : this.keep(document)
  }

  /** Returns these documents for content that we make, without holding any of it: it is no larger than its source. */
  lent(): KnownDocuments {
    return {
      get: (digest) => this.get(digest),
      keep: (document) => document,
      pass: (document) => this.pass(document),
    }
  }
}
