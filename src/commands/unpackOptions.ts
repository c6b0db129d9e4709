import { mkdirSync } from 'node:fs'
import { ROOTFS_DIRECTORY } from '../bundle/bundleFiles.js'
import type { Context } from '../bytes/context.js'
import { whereKoffiIs } from '../compression/libdeflate.js'
import type { PlatformImage } from '../image/openPlatform.js'
import type { HeldDirectory } from '../io/heldDirectory.js'
import { checkIdMappings, type IdMapping, parseIdMapping } from '../rootfs/idMapping.js'
import type { Count, Oddity } from '../rootfs/oddities.js'
import type { Owners } from '../rootfs/owners.js'
import { WriterThread, type Written } from '../rootfs/writerThread.js'
import type { Warn, Warning, WarningCode } from '../spec/warnings.js'
import type { RunOptions, UnpackOptions } from './bundleOptions.js'

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

function koffiIfThere(): string | undefined {
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

const COUNTED: Record<Oddity, { code: WarningCode; one: string; many: string }> = {
  'xattr left out': { code: 'XATTR', one: 'an extended attribute is', many: 'extended attributes are' },
  'host attribute': { code: 'XATTR', one: 'an attribute of another host is', many: 'attributes of another host are' },
  'device left out': { code: 'DEVICE', one: 'a special file is', many: 'special files are' },
  'time rounded': { code: 'TIME', one: 'a time is', many: 'times are' },
  'time out of range': { code: 'TIME', one: 'a time is', many: 'times are' },
  'owner not recorded': { code: 'OWNER', one: 'an owner is', many: 'owners are' },
  'overlay attribute': { code: 'OVERLAY', one: 'an attribute is', many: 'attributes are' },
  'device for overlays': { code: 'OVERLAY', one: 'a device is', many: 'devices are' },
  'aufs file': { code: 'AUFS', one: 'a file of aufs is', many: 'files of aufs are' },
  'runtime link': { code: 'RUNTIME_LINK', one: 'a link is', many: 'links are' },
}

const ENDINGS: Record<Oddity, string> = {
  'xattr left out': 'not set: the file system, the user’s rights or a missing koffi do not allow it',
  'host attribute': 'not set: they belong to the host that wrote them',
  'device left out': 'not made: that takes root and the package koffi',
  'time rounded': 'rounded to about a microsecond: exact ones take the package koffi',
  'time out of range': 'beyond what the file system has room for: it took the nearest one',
  'owner not recorded': 'lost: only files and directories can record them',
  'overlay attribute': 'kept as is; an overlay file system would hide or redirect files by them',
  'device for overlays': 'kept as is; an overlay file system would take them for whiteouts',
  'aufs file': 'left out: they are about no file of the image',
  'runtime link': 'in the place of a directory that runtimes mount on',
}

function warnOfCount({ oddity, count, first }: Count, warn: Warn): void {
  const { code, one, many } = COUNTED[oddity]
  warn({ code, message: `${count === 1 ? one : `${count} ${many}`} ${ENDINGS[oddity]}`, where: first })
}
