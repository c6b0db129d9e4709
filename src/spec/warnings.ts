import { cutShort, cutWithin } from './cut.js'
import { ImageError } from './errors.js'

/** The meaning of each warning in one sentence. docs/warnings.md is printed from it. */
export const WARNINGS = {
  AFTER_END: 'Bytes follow the end of the archive; they are not read.',
  AUFS: 'A layer has files of aufs, the file system of early Docker; `unpack` leaves them out.',
  BROKEN: '`inspect` shows an image, or a part of it, that `convert` would refuse; the message is the reason.',
  CHANGED: 'A file changed while it was packed; the layer has what was read.',
  CONFIG_NAME: 'The file name of a config is the hash of other content; the image ID is the hash of the bytes.',
  DEVICE: 'A special file is not made, or is an empty file instead: making it takes root and the package koffi.',
  DUPLICATE_MEMBER: 'The archive has a file more than once, each time with the same content.',
  EMPTY_INDEX:
    '`index.json` lists no image, as some releases of Docker 25 wrote it; the images are read from `manifest.json`.',
  ENTRY_OUTSIDE: 'The path of an entry leads out of the archive; the entry is left out.',
  FALSE_ATTESTATION:
    'A descriptor calls its content an attestation, but the content is not one; it is treated by its content.',
  FOREIGN_LAYER: 'The source lacks a foreign layer; an engine can load the image only if it can fetch the layer.',
  GZIP_PADDING: 'Zeros follow the compressed data of a layer or an archive.',
  HISTORY: 'The history of a config has, or will have, more or fewer layers than the image.',
  ILLEGAL_NAME: 'A name is not legal for an image; the image is stored without it.',
  LAYER_COMPRESSION: 'A layer is compressed in a way that OCI has no media type for (xz, bzip2); it becomes gzip.',
  LAYOUT_FILE: '`oci-layout` is missing beside `index.json`, or states another version than 1.0.0.',
  LEFT_OUT:
    'An attestation, a platform or a referrer is not copied: the format has no place for it, or the content that it belongs to is not copied.',
  LINKED_FOLDER: '`blobs` of the destination, or a folder in it, is a symbolic link; blobs are written to its target.',
  MANIFEST_ONLY:
    '`manifest.json` has an image or a name that `index.json` lacks; it is added, but an artifact gets no names of `manifest.json`.',
  MEDIA_TYPE: 'A media type disagrees with the content, or with the media type that the document states.',
  MISSING_FIELD: 'A document lacks a field that the specification requires; it is read nevertheless.',
  MOUNT: 'Another file system is mounted within the root file system; what is there is not packed.',
  NAME_MOVED:
    'A name in the destination layout now belongs to the new image instead of the old one; `--no-replace` makes this an error.',
  NAMES_DIFFER: 'The two name annotations of an index entry disagree; `org.opencontainers.image.ref.name` is used.',
  NO_END_MARKER: 'The archive has no end marker; it may have been cut off between two entries.',
  NO_IMAGE: 'An entry is not a container image; it is left out.',
  NO_RESOLV_CONF: 'The host has no `/etc/resolv.conf` to give to a rootless container.',
  NOT_UTF8: 'A JSON document is not all UTF-8; other bytes are read as U+FFFD.',
  ORPHANED_SUBJECT: 'A referrer now points at the rewritten image; its statement or signature is about the old one.',
  OVERLAY:
    'An attribute or device of an image means something to overlay file systems: do not use the directory as a layer of one.',
  OWNER: 'The owner of a link or special file cannot be recorded by a user without root.',
  REBUILT:
    'The entry of `index.json` is wrong, as some releases of Docker 25 wrote it; the image is rebuilt from `manifest.json`.',
  REF_NAME_TAKEN:
    'Another image of the layout has the same tag as its `ref.name`; the new one gets its full name as `ref.name`.',
  RUNTIME_LINK: 'The image has a link where runtimes mount (`/dev`, `/proc`, `/sys`): an old runtime may follow it.',
  RUNTIME_LABEL:
    'A label of the image is an order to container runtimes; it does not become an annotation of the runtime config.',
  SOCKET: 'A socket is not packed: no layer can hold one.',
  SPARSE_INDEX: 'The source lacks a manifest of an index, or a part of one; the index is kept unchanged.',
  SUBFOLDER: 'The images are in a folder of the archive instead of at its top.',
  SYMLINKED_BLOB: 'Blobs of a source directory are links to files elsewhere.',
  TIME: 'Times are rounded to about a microsecond (exact ones take the package koffi), or as far as the file system goes.',
  TRAILING_SPACE: 'White space follows the JSON of `index.json`, `manifest.json` or `oci-layout`.',
  UNKNOWN_FIELD: 'A document has fields that no specification defines; they are ignored.',
  UNKNOWN_TYPE:
    'An entry, a media type or a manifest is of an unknown kind; an archive entry is read as a file, other content is copied unchanged.',
  UNKNOWN_USER: 'Without its files the user of the image cannot be looked up; the container starts as root.',
  UNREACHED: 'Nothing in the layout names some blobs; they are not copied.',
  V1_ID:
    'A layer of Docker before 1.10 states another id than its directory; the name of the directory counts, as in Docker.',
  XATTR:
    'Extended attributes are not set or not packed: they belong to one host, or the file system, the user’s rights or the format do not allow them.',
} satisfies Record<string, string>

/** The kind of a warning; stable, for programs. */
export type WarningCode = keyof typeof WARNINGS

/** An oddity that did not stop the work. */
export interface Warning {
  code: WarningCode
  /** One line. */
  message: string
  /** The file, archive member or image with the oddity. */
  where: string
  /** Number of further warnings of this code that are not listed; set only in the last one of a code. */
  more?: number
}

/** Returns the warning, cut to a readable length. */
export function cutWarning(warning: Warning): Warning {
  return { ...warning, message: cutWithin(warning.message), where: cutShort(warning.where) }
}

/** Passes a number of warnings of each code and counts the others: a few bytes of input can cause a flood. */
export class FewOfEach {
  readonly #most: number
  readonly #taken = new Map<WarningCode, number>()
  readonly #others = new Map<WarningCode, Warning & { more: number }>()

  constructor(most: number) {
    this.#most = most
  }

  /** True if the warning is to be shown. */
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

  /** Returns a warning for each code with further ones. It has their number, and `where` of the first of them. */
  others(): Warning[] {
    return [...this.#others.values()]
  }
}

/** Takes a warning; may throw to refuse its cause. */
export type Warn = (warning: Warning) => void

/** Turns a warning into an error, for `--strict`. */
export function refuse({ message, where }: Warning): never {
  throw new ImageError('FORMAT', message, { where, hint: 'without --strict this is a warning' })
}
