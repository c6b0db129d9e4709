import { ImageError } from '../../spec/errors.js'
import type { Descriptor } from '../../spec/parse.js'
import { familiarName } from '../../spec/reference.js'
import type { Warn } from '../../spec/warnings.js'
import { nameOf } from '../../store/names.js'
import type { Reach } from './reach.js'

/** An entry of an index, and what it reaches. */
export type Reached = Reach & { entry: Descriptor }

/** Why an image is left out whose config is none of an image's. */
export const NO_ROOTFS = 'its config has no rootfs, which names the layers; docker load cannot take it'

/** Tells of what docker load cannot take, each thing once. */
export class LeftOut {
  readonly #isNamed: boolean
  readonly #warn: Warn
  readonly #told = new Set<string>()
  readonly #reasons = new Set<string>()
  /** Artifacts of indexes that were told of: several names may stand for one index. */
  readonly #beside = new Set<readonly Descriptor[]>()

  /** @param isNamed whether the user named what is to be exported, so that nothing may be left out */
  constructor({ isNamed, warn }: { isNamed: boolean; warn: Warn }) {
    this.#isNamed = isNamed
    this.#warn = warn
  }

  /**
   * Takes entries of one name. An attestation goes with what it attests; anything else is told of.
   * @throws ImageError UNSUPPORTED if it can only have been asked for: what is about an image came along with that
   */
  add(group: readonly Reached[], reason?: string): void {
    const found = group.find(({ entry, roleOf }) => roleOf(entry).kind !== 'attestation')
    if (found === undefined) return
    const { entry } = found
    const why = reason ?? found.reasonOf(entry)
    const where = familiarName(nameOf(entry, undefined) ?? entry.digest)
    const role = found.roleOf(entry)
    const cameAlong = 'about' in role && role.about !== undefined
    if (this.#isNamed && !cameAlong) throw new ImageError('UNSUPPORTED', why, { where, hint: '--format oci takes it' })
    this.#tell(where, why)
  }

  /** Takes what stands beside images. */
  addBeside(group: readonly Reached[]): void {
    for (const { entry, artifacts, roleOf, reasonOf } of group) {
      if (roleOf(entry).kind === 'artifact') this.#tell(entry.digest, reasonOf(entry))
      if (this.#beside.has(artifacts)) continue
      this.#beside.add(artifacts)
      for (const artifact of artifacts) this.#tell(artifact.digest, reasonOf(artifact))
    }
  }

  /** The failure of an export of which nothing else is left. */
  nothingElse(): ImageError {
    const [found, ...others] = this.#reasons
    return new ImageError('NOT_FOUND', 'there is no image in it that docker load could take', {
      ...(found === undefined || others.length > 0 ? {} : { found }),
      hint: '--format oci takes everything',
    })
  }

  #tell(where: string, reason: string): void {
    this.#reasons.add(reason)
    if (!this.#told.has(where)) this.#warn({ code: 'NO_IMAGE', message: reason, where })
    this.#told.add(where)
  }
}
