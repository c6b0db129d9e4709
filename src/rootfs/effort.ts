import { ImageError } from '../spec/errors.js'

/** Names on the path of an entry that are never too many; those that are not needed are left for others. */
const EACH = 64

/** Names beyond those, for all entries together: a few seconds' work. */
const MORE = 2_000_000

/**
 * Counts the names that are looked up on paths, and the directories that are opened or made for them. An entry of few
 * bytes may ask for thousands of each; an image's entries need about ten.
 */
export class Effort {
  #left = MORE

  /** Allows for one more entry. */
  allowEntry(): void {
    this.#left += EACH
  }

  /** Counts one name. @throws ImageError UNSAFE if the entries ask for too many */
  spend(): void {
    if (--this.#left >= 0) return
    throw new ImageError('UNSAFE', 'the paths of the layers have too many names', {
      expected: `at most ${EACH} an entry, and ${MORE} more`,
    })
  }
}
