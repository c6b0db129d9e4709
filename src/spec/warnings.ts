import { ImageError } from './errors.js'

/** What kind of oddity a warning is about; stable, for programs. */
export type WarningCode =
  | 'AFTER_END'
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
  | 'LINKED_FOLDER'
  | 'MANIFEST_ONLY'
  | 'MEDIA_TYPE'
  | 'NO_END_MARKER'
  | 'NO_IMAGE'
  | 'ORPHANED_SUBJECT'
  | 'REBUILT'
  | 'REF_NAME_TAKEN'
  | 'SPARSE_INDEX'
  | 'SUBFOLDER'
  | 'SYMLINKED_BLOB'
  | 'TRAILING_SPACE'
  | 'UNKNOWN_FIELD'
  | 'UNKNOWN_TYPE'
  | 'V1_ID'

/** An oddity that did not stop the work. */
export interface Warning {
  code: WarningCode
  /** One line. */
  message: string
  /** The file, archive member or image it is about. */
  where: string
}

/** Takes a warning; may throw to refuse what the warning is about. */
export type Warn = (warning: Warning) => void

/** Refuses what others only warn of: `--strict`. */
export function refuse({ message, where }: Warning): never {
  throw new ImageError('FORMAT', message, { where, hint: 'without --strict this is a warning' })
}
