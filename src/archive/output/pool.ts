import type { Bytes } from '../../bytes/bytes.js'
import type { Context } from '../../bytes/context.js'
import { verified } from '../../hashing/verify.js'
import { readFile } from '../../io/files.js'
import { assertClaim, type Claim, type Sum } from '../../spec/claim.js'
import { type Digest, shortDigest } from '../../spec/digest.js'
import type { KnownDocuments } from '../../spec/documents.js'
import { invariant } from '../../spec/errors.js'
import type { BlobPool, RepeatableContent } from '../../store/blobs.js'
import { missingBlob } from '../../store/graph.js'
import { type Folder, StagedBlobs } from '../../store/layout/stagedBlobs.js'

/**
 * The content of a future archive. Its order is known only when all of its content is. So content that can be opened
 * again stays in its place and is only noted; other content is spooled to files.
 */
export class Pool implements BlobPool {
  readonly #left = new Map<Digest, RepeatableContent>()
  readonly #staged: StagedBlobs
  #leftOut: ReadonlySet<string> = new Set()
  readonly #context: Pick<Context, 'watch' | 'breathe' | 'documents'>

  /** @param directory returns the directory for spooled content; called when there is any */
  constructor(directory: () => Promise<Folder>, context: Pick<Context, 'watch' | 'breathe' | 'documents'>) {
    this.#staged = new StagedBlobs(directory, { syncEarly: false })
    this.#context = context
  }

  get bytesWritten(): number {
    return this.#staged.bytesWritten
  }

  get documents(): KnownDocuments {
    return this.#context.documents.lent()
  }

  async has({ digest, size }: Claim): Promise<boolean> {
    await this.#context.breathe()
    return this.#sizeOf(digest) === size && !this.#leftOut.has(digest)
  }

  /** Treats this content as absent: it passed, as the rest of a pipe does, but is not wanted. */
  leaveOut(digests: ReadonlySet<string>): void {
    this.#leftOut = digests
  }

  put(bytes: Bytes, claim?: Claim): Promise<Sum> {
    return this.#staged.put(bytes, claim, (found) => this.has(found))
  }

  leaveInPlace(content: RepeatableContent): void {
    const { digest } = content.claim
    const before = this.#sizeOf(digest)
    if (before === undefined) this.#left.set(digest, content)
    else assertClaim({ digest, size: before }, content.claim, digest)
  }

  open({ digest }: Claim, start?: number): Bytes {
    const left = this.#left.get(digest)
    if (left !== undefined) return left.open(start)
    const path = this.#staged.pathOf(digest)
    if (path === undefined) throw missingBlob({ digest })
    return readFile(path, start)
  }

  /** Returns content for writing. It is verified unless it was before, and counts in the progress. */
  content({ digest, size }: Claim): Bytes {
    const left = this.#left.get(digest)
    if (left === undefined) return this.open({ digest, size })
    const bytes = this.#context.watch({ name: shortDigest(digest), size }, left.open())
    invariant(left.claim.size === size, 'a size that was claimed is the size that is written')
    return verified(bytes, { claim: left.claim, where: digest })
  }

  #sizeOf(digest: Digest): number | undefined {
    return this.#left.get(digest)?.claim.size ?? this.#staged.sizeOf(digest)
  }
}
