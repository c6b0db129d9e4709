import { mkdirSync } from 'node:fs'
import { ROOTFS_DIRECTORY } from '../bundle/bundleFiles.js'
import type { Context } from '../bytes/context.js'
import { whereKoffiIs } from '../compression/libdeflate.js'
import type { PlatformImage } from '../image/openPlatform.js'
import type { HeldDirectory } from '../io/heldDirectory.js'
import { checkIdMappings, type IdMapping, parseIdMapping } from '../rootfs/idMapping.js'
import type { Owners } from '../rootfs/owners.js'
import { WriterThread, type Written } from '../rootfs/writerThread.js'
import type { Warning } from '../spec/warnings.js'
import type { RunOptions, UnpackOptions } from './bundleOptions.js'
import { warnOfCount } from './oddityWarnings.js'

/** The result of unpacking. */
export interface Unpacked {
  /** Digest of the manifest. */
  manifest: string
  /** Digest of the config, Docker's image ID. */
  config: string
  /** Layers written. */
  layers: number
  /** Entries of all layers. */
  entries: number
  /** True if the kernel, too, kept all paths within the root file system. */
  confined: boolean
  warnings: Warning[]
}

/** Returns the owners that the options ask for; without maps, a rootless user's own ids. @throws ImageError USAGE */
export function ownersOf({ rootless: isRootless = false, uidMap = [], gidMap = [] }: RunOptions): Owners {
  const own = (hostID: number): IdMapping[] => [{ containerID: 0, hostID, size: 1 }]
  return {
    users: isRootless && uidMap.length === 0 ? own(process.geteuid?.() ?? 0) : mappingsIn(uidMap),
    groups: isRootless && gidMap.length === 0 ? own(process.getegid?.() ?? 0) : mappingsIn(gidMap),
    isRootless,
  }
}

function mappingsIn(texts: readonly string[]): IdMapping[] {
  const mappings = texts.map(parseIdMapping)
  checkIdMappings(mappings)
  return mappings
}

/** Makes a root directory in a directory, and starts the thread that writes into it. */
export async function startWriter(
  directory: HeldDirectory,
  { options, isSummed }: { options: UnpackOptions; isSummed: boolean },
): Promise<WriterThread> {
  mkdirSync(directory.at(ROOTFS_DIRECTORY), { mode: 0o700 })
  return WriterThread.start({
    root: directory.at(ROOTFS_DIRECTORY),
    koffi: koffiIfThere(),
    owners: ownersOf(options),
    keepsDirectoryLinks: options.keepDirlinks ?? false,
    isSummed,
  })
}

/** Returns the URL of the package koffi; undefined if it is not installed, or not wanted. */
export function koffiIfThere(): string | undefined {
  // For comparison, and for whoever mistrusts it.
  if (process.env.TRANSLOAD_KOFFI === 'off') return undefined
  try {
    return whereKoffiIs()
  } catch {
    return undefined
  }
}

/** Returns the result; warns of what the file system lacks. */
export function unpackedOf(
  { walk, manifest }: PlatformImage,
  { written, context, warnings }: { written: Written; context: Context; warnings: () => Warning[] },
): Unpacked {
  for (const count of written.counts) warnOfCount(count, context.warn)
  return {
    manifest: walk.at(-1)?.digest ?? '',
    config: manifest.config.digest,
    layers: manifest.layers.length,
    entries: written.entries,
    confined: written.isConfined,
    warnings: warnings(),
  }
}
