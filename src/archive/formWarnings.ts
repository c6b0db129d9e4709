import type { Rest } from '../compression/gunzip.js'
import { ImageError } from '../spec/errors.js'
import type { Warn } from '../spec/warnings.js'
import type { Ending } from '../tar/read.js'
import type { Contents } from './archive.js'

/** Where oddities of an archive's form are told. */
export interface Notes {
  /** The archive, as the user named it. */
  name: string
  warn: Warn
}

type Form = Pick<Contents, 'ending' | 'outside' | 'linked'>

/** Oddities of form. */
export const formWarnings = {
  /** What a door met. */
  contents({ ending, outside = [], linked = [] }: Form, { name, warn }: Notes): void {
    for (const path of outside) {
      const message = 'the path of an entry leads out of the archive; it is left out'
      warn({ code: 'ENTRY_OUTSIDE', message, where: path })
    }
    if (linked.length > 0) {
      const some = `${linked.slice(0, 3).join(', ')}${linked.length > 3 ? ', …' : ''}`
      warn({ code: 'SYMLINKED_BLOB', message: `blobs are links that leave the directory: ${some}`, where: name })
    }
    if (ending?.marked === false) {
      warn({ code: 'NO_END_MARKER', message: 'the archive has no end marker', where: name })
    }
    if (ending?.followed === true) warn({ ...AFTER_END, where: name })
  },

  /** Where the images are. */
  root(root: string, { name, warn }: Notes): void {
    if (root !== '') warn({ code: 'SUBFOLDER', message: `its images are below ${root}`, where: name })
  },

  /**
   * What followed the compressed data of an archive: after its end it changes nothing.
   * @throws ImageError FORMAT if the archive has no end, so that some of it may be missing
   */
  rest(rest: Rest, ending: Ending | undefined, { name, warn }: Notes): void {
    if (rest === 'zeros') warn({ code: 'GZIP_PADDING', message: 'zeros follow the compressed data', where: name })
    else if (ending?.marked === true) warn({ ...AFTER_END, where: name })
    else throw new ImageError('FORMAT', 'gzip data is damaged: something follows it', { where: name })
  },
}

const AFTER_END = { code: 'AFTER_END', message: 'something follows the end of the archive; it is not read' } as const
