import type { Warn } from '../spec/warnings.js'
import type { TarEntry } from '../tar/entry.js'
import type { Ending } from '../tar/read.js'

/** Where oddities of an archive's form are told. */
export interface Notes {
  /** The archive, as the user named it. */
  name: string
  warn: Warn
}

/** Oddities that every door may meet. */
export const note = {
  ending({ marked, followed }: Ending, { name, warn }: Notes): void {
    if (!marked) warn({ code: 'NO_END_MARKER', message: 'the archive has no end marker', where: name })
    if (followed)
      warn({ code: 'AFTER_END', message: 'something follows the end of the archive; it is not read', where: name })
  },
  outside({ path }: TarEntry, { warn }: Notes): void {
    warn({
      code: 'ENTRY_OUTSIDE',
      message: 'the path of an entry leads out of the archive; it is left out',
      where: path,
    })
  },
}
