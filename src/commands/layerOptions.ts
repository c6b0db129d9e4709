import type { Options } from '../bytes/context.js'
import type { HistoryOptions } from '../layer/historyEntry.js'
import type { EditDestination } from './editDestination.js'

/** Choices for the compression of a new layer. */
export const COMPRESS_CHOICES = ['auto', 'none', 'gzip', 'zstd'] as const

/** How to add a layer to an image. */
export interface AddLayerOptions extends Options, EditDestination {
  /** A tag for the new image; the image itself then stays. By default its own name moves to the new one. */
  tag?: string | undefined
  /** The platform to change, `os/arch[/variant]`. By default a multi-platform image changes on this machine's. */
  platform?: string | undefined
  /** Compression of the layer; by default `auto`: that of the image's last compressed layer, or gzip. */
  compress?: (typeof COMPRESS_CHOICES)[number] | undefined
  /** The step that the history gets; false for none. */
  history?: HistoryOptions | false | undefined
}

/** How to give an image another base. */
export interface RebaseOptions extends Options, EditDestination {
  /** A name for the new image; the image itself then stays. By default its own name moves to the new one. */
  tag?: string | undefined
  /** The platform to change, `os/arch[/variant]`; all platforms of the image if absent. */
  platform?: string | undefined
}

/** How to make a layer of a changed bundle. */
export interface RepackOptions extends Omit<AddLayerOptions, 'platform' | keyof EditDestination> {
  /** Paths in the image below which changes are left out. */
  maskPaths?: readonly string[] | undefined
  /** Leaves changes in the image's volumes out, which is the default. */
  maskVolumes?: boolean | undefined
  /** Makes the new image the one that the bundle comes from. */
  refreshBundle?: boolean | undefined
  /** Reads the content of all files, even of those that cannot have changed. */
  rehash?: boolean | undefined
  /** Adds a step to the history even if nothing changed, as umoci does. */
  recordUnchanged?: boolean | undefined
}

/** How to add files to an image. */
export interface InsertOptions extends AddLayerOptions {
  /** Hides what the target directory had before. */
  opaque?: boolean | undefined
  /** Recorded owners count, and not those on this machine. */
  rootless?: boolean | undefined
  /** The host's ids of the image's user ids, `CONTAINER:HOST[:SIZE]`; the same ids if absent or empty. */
  uidMap?: readonly string[] | undefined
  /** The same for group ids. */
  gidMap?: readonly string[] | undefined
}

/** How to make one layer of several. */
export type SquashOptions = AddLayerOptions

/** How to export a file system. */
export interface ExportRootfsOptions extends Options {
  /** The platform of a multi-platform image, `os/arch[/variant]`; the host's if absent. */
  platform?: string | undefined
  /** Replaces a file that exists. */
  force?: boolean | undefined
  /** For a caller's stream: ends it with the tar. */
  end?: boolean | undefined
}

/** How to compare a directory with an mtree file. */
export interface ValidateOptions extends Options {
  /** The keywords to compare; by default those of the file. */
  keywords?: readonly string[] | undefined
  /** Further keywords. */
  addKeywords?: readonly string[] | undefined
}
