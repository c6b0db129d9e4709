import type { HeldDirectory } from '../../io/heldDirectory.js'
import { readSmallFile } from '../../io/smallFile.js'
import type { Claim } from '../../spec/claim.js'
import { algorithmOf, type Digest, digestOf } from '../../spec/digest.js'
import { ImageError } from '../../spec/errors.js'
import { sizeOf } from './layoutDirectory.js'
import { blobPath } from './layoutNames.js'

/** The blobs that a layout has, and those of them that a command relies on. */
export class PresentBlobs {
  readonly #root: HeldDirectory
  /** Sizes of the blobs that the command relies on. */
  readonly #sizes = new Map<Digest, number>()
  /** Files that are not what their names say. */
  readonly #damaged = new Set<Digest>()

  constructor(root: HeldDirectory) {
    this.#root = root
  }

  /** Returns the path of a blob, whether it is there or not. */
  pathOf(digest: Digest): string {
    return this.#root.at(blobPath(digest))
  }

  /** True if there is a file of this name and size that is not known to be damaged. */
  async has({ digest, size }: Claim): Promise<boolean> {
    if (this.#sizes.get(digest) === size) return true
    if (this.#damaged.has(digest) || (await sizeOf(this.pathOf(digest))) !== size) return false
    this.#sizes.set(digest, size)
    return true
  }

  /** The same, but reads the file. One that is damaged is absent from then on. */
  async hasIntact({ digest, size }: Claim): Promise<boolean> {
    if (!(await this.has({ digest, size }))) return false
    const found = readSmallFile(this.pathOf(digest), { limit: size, where: digest })
    if (found !== undefined && digestOf(found.bytes, algorithmOf(digest)) === digest) return true
    this.#sizes.delete(digest)
    this.#damaged.add(digest)
    return false
  }

  /** Called when the command moved a blob in. */
  add(digest: Digest, size: number): void {
    this.#sizes.set(digest, size)
    this.#damaged.delete(digest)
  }

  /** @throws ImageError INTEGRITY if one of these blobs that the command relies on is gone */
  async assertStillThere(digests: readonly Digest[]): Promise<void> {
    for (const digest of digests) {
      const size = this.#sizes.get(digest)
      if (size === undefined || (await sizeOf(this.pathOf(digest))) === size) continue
      throw new ImageError('INTEGRITY', 'a blob that the layout had is gone', {
        where: digest,
        hint: 'something else changed the layout meanwhile; run the command again',
      })
    }
  }
}
