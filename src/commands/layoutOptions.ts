import type { Options } from '../bytes/context.js'
import type { ConfigChanges } from '../layer/configChanges.js'
import type { HistoryOptions } from '../layer/historyEntry.js'
import type { EditDestination } from './editDestination.js'

/** What a new image states. */
export interface NewImageOptions extends Options {
  /** Time of its creation (RFC 3339); by default SOURCE_DATE_EPOCH, or now. */
  created?: string | undefined
  /** Its system; by default `linux`. */
  os?: string | undefined
  /** Its architecture; by default that of this machine. */
  architecture?: string | undefined
  /** Variant of the architecture. */
  variant?: string | undefined
}

/** How the name of an image changes. */
export interface TagOptions extends Options {
  /**
   * Says if the full name that the image states for containerd (`io.containerd.image.name`) follows the tag, which is
   * the default, or stays, as umoci leaves it.
   */
  statedName?: 'follows' | 'stays' | undefined
}

/** Which part of an image to show. */
export interface StatOptions extends Options {
  /** The platform to show, `os/arch[/variant]`; of a multi-platform image this machine's by default. */
  platform?: string | undefined
}

/** What garbage to collect. */
export interface GarbageOptions extends Options {
  /**
   * Keeps blobs that nothing names yet if they are younger, in seconds, and newer than the index: another program may be
   * about to name them. By default an hour.
   */
  grace?: number | undefined
}

/** Changes to an image, and the name of the result. What is undefined stays; an empty text or list removes. */
export interface ConfigEdit extends TagOptions, ConfigChanges, EditDestination {
  /** A name for the changed image; the image itself then stays. By default its own name moves to the changed one. */
  tag?: string | undefined
  /** Of a multi-platform image the one to change, `os/arch[/variant]`; by default that of this machine. */
  platform?: string | undefined
  /** The step that the history gets; false for none. */
  history?: HistoryOptions | false | undefined
}
