import { type Bytes, single } from '../bytes/bytes.js'
import { tap } from '../hashing/tap.js'
import { Budget } from '../spec/budget.js'
import { assertClaim, type Claim, type Sum } from '../spec/claim.js'
import { algorithmOf, type Digest } from '../spec/digest.js'
import { Documents, JSONDocument } from '../spec/documents.js'
import { ImageError } from '../spec/errors.js'
import type { BlobPool } from './blobs.js'

/**
 * The most bytes to keep; enough for the documents of 10,000 images. Kept content may prove useless, so it must leave
 * room for documents that are needed.
 */
const MOST_KEPT = 48 * 1024 * 1024

/** The largest document to keep, in bytes. Larger ones, such as configs may be, are read only from files. */
export const LARGEST = 16 * 1024 * 1024

/** Content up to this size, in bytes, is kept in any case: it may turn out to be a document. */
const SMALL = 16 * 1024

/**
 * A pool that computes the sum of all content but keeps only documents, for callers that inspect images and need no
 * copy.
 */
export class SkimPool implements BlobPool {
  readonly bytesWritten = 0
  /** Holds the documents, also those that other readers read. */
  readonly documents: Documents
  readonly #sizes = new Map<Digest, number>()
  #kept = 0

  constructor(documents: Documents = new Documents(new Budget())) {
    this.documents = documents
  }

  has({ digest, size }: Claim): Promise<boolean> {
    return Promise.resolve(this.#sizes.get(digest) === size)
  }

  async put(bytes: Bytes, claim?: Claim): Promise<Sum> {
    const tapped = tap(bytes, claim && algorithmOf(claim.digest))
    const document = await documentIn(tapped.bytes)
    const found = await tapped.sum
    if (claim !== undefined) assertClaim(found, claim)
    this.#sizes.set(found.digest, found.size)
    if (document !== undefined) this.#keep(found.digest, document)
    return found
  }

  open({ digest }: Claim, start = 0): Bytes {
    const document = this.#sizes.has(digest) ? this.documents.get(digest) : undefined
    if (document !== undefined) return single(document.bytes.subarray(start))
    throw new ImageError('UNSUPPORTED', 'the content was inspected as it passed, and not kept', {
      where: digest,
      hint: 'give the archive as a file',
    })
  }

  #keep(digest: Digest, document: Buffer): void {
    if (this.documents.isHeld(digest)) return
    if (this.#kept + document.length > MOST_KEPT || !this.documents.hasRoomFor(document.length)) return
    this.#kept += document.length
    this.documents.keep(new JSONDocument(digest, document))
  }
}

/** Reads to the end. Returns the content if it looks like JSON and is not too long, or if it is short. */
async function documentIn(bytes: Bytes): Promise<Buffer | undefined> {
  let chunks: Buffer[] | undefined = []
  let size = 0
  let looks: boolean | undefined
  for await (const chunk of bytes) {
    size += chunk.length
    looks ??= startsJSON(chunk)
    if (size > (looks === false ? SMALL : LARGEST)) chunks = undefined
    chunks?.push(Buffer.from(chunk))
  }
  return chunks && Buffer.concat(chunks)
}

/**
 * True if the first byte, after white space and a byte order mark, opens an object or list; undefined if there is none.
 */
function startsJSON(chunk: Uint8Array): boolean | undefined {
  const first = chunk.find((byte) => !BEFORE_JSON.has(byte))
  return first === undefined ? undefined : first === 0x7b || first === 0x5b
}

const BEFORE_JSON: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf])
