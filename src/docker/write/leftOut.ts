import { ImageError } from '../../spec/errors.js'
import type { Descriptor } from '../../spec/parse.js'
import { familiarName } from '../../spec/reference.js'
import type { Warn } from '../../spec/warnings.js'
import { nameOf } from '../../store/names.js'
import type { Reach } from './reach.js'

/** An entry of an index, and the content that it reaches. */
export type Reached = Reach & { entry: Descriptor }

/** The reason for leaving out an image whose config names no layers. */
export const NO_ROOTFS = 'its config has no rootfs, which names the layers; docker load cannot take it'

/** Warns about content that docker load cannot take, once for each entry. */
export class LeftOut {
  readonly #isNamed: boolean
  readonly #warn: Warn
  readonly #told = new Set<string>()
  readonly #reasons = new Set<string>()
  /** Artifacts of indexes that were reported already: several names may stand for one index. */
  readonly #beside = new Set<readonly Descriptor[]>()

  /** @param isNamed true if the user named the images, so that leaving one out is an error */
  constructor({ isNamed, warn }: { isNamed: boolean; warn: Warn }) {
    this.#isNamed = isNamed
    this.#warn = warn
  }

  /**
   * Leaves out the entries of one name. An attestation goes silently with its image; any other entry causes a warning.
   * @throws ImageError UNSUPPORTED if the user asked for the entry: it did not come along with an image that it is
   * about
   */
  add(group: readonly Reached[], reason?: string): void {
    const found = group.find(({ entry, roleOf }) => roleOf(entry).kind !== 'attestation')
    if (found === undefined) return
    const { entry } = found
    const why = reason ?? found.reasonOf(entry)
    const where = familiarName(nameOf(entry, undefined) ?? entry.digest)
    const role = found.roleOf(entry)
    const cameAlong = 'about' in role && role.about !== undefined
    if (this.#isNamed && !cameAlong) throw new ImageError('UNSUPPORTED', why, { where, hint: 'use --format oci' })
    this.#tell(where, why)
  }

  /** Leaves out entries that stand beside images. */
  addBeside(group: readonly Reached[]): void {
    for (const { entry, artifacts, roleOf, reasonOf } of group) {
      if (roleOf(entry).kind === 'artifact') this.#tell(entry.digest, reasonOf(entry))
      if (this.#beside.has(artifacts)) continue
      this.#beside.add(artifacts)
      for (const artifact of artifacts) this.#tell(artifact.digest, reasonOf(artifact))
    }
  }

  /** Returns the error for an export with no image left. */
  nothingElse(): ImageError {
    const [found, ...others] = this.#reasons
    return new ImageError('NOT_FOUND', 'there is no image that docker load can take', {
      ...(found === undefined || others.length > 0 ? {} : { found }),
      hint: 'use --format oci, which holds everything',
    })
  }

  #tell(where: string, reason: string): void {
    this.#reasons.add(reason)
    if (!this.#told.has(where)) this.#warn({ code: 'NO_IMAGE', message: reason, where })
    this.#told.add(where)
  }
}
