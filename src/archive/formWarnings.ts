import type { Rest } from '../compression/gunzip.js'
import { ImageError } from '../spec/errors.js'
import type { Warn } from '../spec/warnings.js'
import type { Ending } from '../tar/ending.js'
import type { Contents } from './archive.js'

/** The archive's name and the receiver of warnings about its form. */
export interface Notes {
  /** The name that the user gave. */
  name: string
  warn: Warn
}

type Form = Pick<Contents, 'ending' | 'outside' | 'linked'>

/** Warnings about an archive's form. */
export const formWarnings = {
  /** Warns of what a door met. */
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

  /** Warns of images in a subfolder. */
  root(root: string, { name, warn }: Notes): void {
    if (root !== '') warn({ code: 'SUBFOLDER', message: `its images are below ${root}`, where: name })
  },

  /**
   * Warns of bytes after the compressed data of an archive: after its end they change nothing.
   * @throws ImageError FORMAT if the archive has no end, so that part of it may be missing
   */
  rest(rest: Rest, ending: Ending | undefined, { name, warn }: Notes): void {
    if (rest === 'zeros') warn({ code: 'GZIP_PADDING', message: 'zeros follow the compressed data', where: name })
    else if (ending?.marked === true) warn({ ...AFTER_END, where: name })
    else throw new ImageError('FORMAT', 'gzip data is damaged: something follows it', { where: name })
  },
}

const AFTER_END = { code: 'AFTER_END', message: 'something follows the end of the archive; it is not read' } as const
