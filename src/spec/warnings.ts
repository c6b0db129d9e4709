import { cutShort, cutWithin } from './cut.js'
import { ImageError } from './errors.js'

/** What kind of oddity a warning is about; stable, for programs. */
export type WarningCode =
  | 'AFTER_END'
  | 'BROKEN'
  | 'CONFIG_NAME'
  | 'DUPLICATE_MEMBER'
  | 'EMPTY_INDEX'
  | 'ENTRY_OUTSIDE'
  | 'FALSE_ATTESTATION'
  | 'FOREIGN_LAYER'
  | 'GZIP_PADDING'
  | 'HISTORY'
  | 'ILLEGAL_NAME'
  | 'LAYER_COMPRESSION'
  | 'LAYOUT_FILE'
  | 'LEFT_OUT'
  | 'LINKED_FOLDER'
  | 'MANIFEST_ONLY'
  | 'MEDIA_TYPE'
  | 'MISSING_FIELD'
  | 'NAME_MOVED'
  | 'NAMES_DIFFER'
  | 'NO_END_MARKER'
  | 'NO_IMAGE'
  | 'NOT_UTF8'
  | 'ORPHANED_SUBJECT'
  | 'REBUILT'
  | 'REF_NAME_TAKEN'
  | 'SPARSE_INDEX'
  | 'SUBFOLDER'
  | 'SYMLINKED_BLOB'
  | 'TRAILING_SPACE'
  | 'UNKNOWN_FIELD'
  | 'UNKNOWN_TYPE'
  | 'UNREACHED'
  | 'V1_ID'

/** An oddity that did not stop the work. */
export interface Warning {
  code: WarningCode
  /** One line. */
  message: string
  /** The file, archive member or image it is about. */
  where: string
  /** In the last of its code, which stands for others that are not listed: how many these are. */
  more?: number
}

/** The warning in as much as one can read of it. */
export function cutWarning(warning: Warning): Warning {
  return { ...warning, message: cutWithin(warning.message), where: cutShort(warning.where) }
}

/** Lets so many warnings of each code through, and counts the others: some bytes of input can make a flood of them. */
export class FewOfEach {
  readonly #most: number
  readonly #taken = new Map<WarningCode, number>()
  readonly #others = new Map<WarningCode, Warning & { more: number }>()

  constructor(most: number) {
    this.#most = most
  }

  /** True of a warning that is to be told. */
  take({ code, where, more }: Warning): boolean {
    const taken = this.#taken.get(code) ?? 0
    if (taken < this.#most && more === undefined) {
      this.#taken.set(code, taken + 1)
      return true
    }
    const others = this.#others.get(code) ?? { where, more: 0 }
    const count = others.more + (more ?? 1)
    this.#others.set(code, { code, message: `${count} more of this kind`, where: others.where, more: count })
    return false
  }

  /** For each code of which there were more, a warning that says how many; `where` is that of the first of them. */
  others(): Warning[] {
    return [...this.#others.values()]
  }
}

/** Takes a warning; may throw to refuse what the warning is about. */
export type Warn = (warning: Warning) => void

/** Refuses what others only warn of: `--strict`. */
export function refuse({ message, where }: Warning): never {
  throw new ImageError('FORMAT', message, { where, hint: 'without --strict this is a warning' })
}
