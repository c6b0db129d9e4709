import { type Bytes, single } from '../bytes/bytes.js'
import type { Sum } from '../hashing/hash.js'
import { tap } from '../hashing/tap.js'
import { assertClaim, type Claim } from '../hashing/verify.js'
import { Budget } from '../spec/budget.js'
import { algorithmOf, type Digest } from '../spec/digest.js'
import { Documents, JSONDocument } from '../spec/documents.js'
import { ImageError } from '../spec/errors.js'
import type { BlobPool } from './blobs.js'

/**
 * The most that is kept, in bytes; the documents of 10,000 images fit. What is kept may be of no use in the end: it must
 * leave room for what is.
 */
const MOST_KEPT = 48 * 1024 * 1024

/** The most bytes of one document: larger ones, which configs may be, are read of files only. */
export const LARGEST = 16 * 1024 * 1024

/** What is no longer than this is kept whatever it is: it may be meant for a document. */
const SMALL = 16 * 1024

/** Takes content to tell what it is, and keeps of it only documents: for who looks at images and wants no copy. */
export class SkimPool implements BlobPool {
  readonly bytesWritten = 0
  /** Where documents are held, those that others read among them. */
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
    throw new ImageError('UNSUPPORTED', 'it was looked at as it passed, and not kept', {
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

/** Reads to the end; returns what may be JSON and is not too long, and what is short. */
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

/** Whether the first byte that is no white space, nor a byte order mark, opens an object or list; undefined if there is none. */
function startsJSON(chunk: Uint8Array): boolean | undefined {
  const first = chunk.find((byte) => !BEFORE_JSON.has(byte))
  return first === undefined ? undefined : first === 0x7b || first === 0x5b
}

const BEFORE_JSON: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf])
