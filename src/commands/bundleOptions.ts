import type { Options } from '../bytes/context.js'

/** How to run an image. */
export interface RunOptions extends Options {
  /** The platform of a multi-platform image, `os/arch[/variant]`; the host's if absent. */
  platform?: string | undefined
  /** All files belong to the user who unpacks; owners are recorded where the file system allows it. */
  rootless?: boolean | undefined
  /** The host's ids of the image's user ids, `CONTAINER:HOST[:SIZE]`; the same ids if absent or empty. */
  uidMap?: readonly string[] | undefined
  /** The same for group ids. */
  gidMap?: readonly string[] | undefined
  /** A runtime config to start from: the image's settings are applied to it, everything else of it stays. */
  runtimeTemplate?: string | undefined
  /** Makes annotations of all labels, even of those that are orders to container runtimes. */
  keepLabels?: boolean | undefined
}

/** How to unpack an image. */
export interface UnpackOptions extends RunOptions {
  /** Keeps a link to a directory where a layer has a directory of its name. */
  keepDirlinks?: boolean | undefined
}

/** How to write a runtime config. */
export interface RuntimeConfigOptions extends RunOptions {
  /** The unpacked root file system, in which users and groups are looked up. */
  rootfs?: string | undefined
}
