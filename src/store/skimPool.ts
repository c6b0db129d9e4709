import { type Bytes, single } from '../bytes/bytes.js'
import type { Sum } from '../bytes/hash.js'
import { looksLike } from '../bytes/sniff.js'
import { tap } from '../bytes/tap.js'
import { assertClaim, type Claim } from '../bytes/verify.js'
import { algorithmOf, type Digest } from '../spec/digest.js'
import { ImageError } from '../spec/errors.js'
import { DOCUMENT_LIMIT } from '../spec/parse.js'
import type { BlobPool } from './blobs.js'

/** The most that is kept of documents; no archive has as many. */
const MOST_KEPT = 64 * DOCUMENT_LIMIT

/** Takes content to tell what it is, and keeps of it only documents: for who looks at images and wants no copy. */
export class SkimPool implements BlobPool {
  readonly bytesWritten = 0
  readonly #documents = new Map<Digest, Buffer>()
  readonly #sizes = new Map<Digest, number>()
  #kept = 0

  has({ digest, size }: Claim): Promise<boolean> {
    return Promise.resolve(this.#sizes.get(digest) === size)
  }

  async put(bytes: Bytes, claim?: Claim): Promise<Sum> {
    const tapped = tap(bytes, claim && algorithmOf(claim.digest))
    const document = await documentIn(tapped.bytes)
    const found = await tapped.sum
    if (claim !== undefined) assertClaim(found, claim)
    this.#sizes.set(found.digest, found.size)
    if (document !== undefined && this.#kept + document.length <= MOST_KEPT) {
      this.#kept += document.length
      this.#documents.set(found.digest, document)
    }
    return found
  }

  open({ digest }: Claim, start = 0): Bytes {
    const document = this.#documents.get(digest)
    if (document !== undefined) return single(document.subarray(start))
    throw new ImageError('UNSUPPORTED', 'it was looked at as it passed, and not kept', {
      where: digest,
      hint: 'give the archive as a file',
    })
  }
}

/** Reads to the end; returns what may be JSON and is not too long. */
async function documentIn(bytes: Bytes): Promise<Buffer | undefined> {
  let chunks: Buffer[] | undefined
  let size = 0
  for await (const chunk of bytes) {
    if (size === 0 && looksLike(chunk) === 'json') chunks = []
    size += chunk.length
    if (size > DOCUMENT_LIMIT) chunks = undefined
    chunks?.push(Buffer.from(chunk))
  }
  return chunks && Buffer.concat(chunks)
}
