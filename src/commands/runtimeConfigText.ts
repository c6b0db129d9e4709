import { ROOTFS_DIRECTORY } from '../bundle/bundleFiles.js'
import { lockedMountFlags } from '../bundle/hostMount.js'
import { runtimeConfigOf } from '../bundle/runtimeConfig.js'
import { readSmallFile } from '../io/smallFile.js'
import type { RootReader } from '../rootfs/rootReader.js'
import { ImageError } from '../spec/errors.js'
import { CONFIG_LIMIT, type ImageConfig } from '../spec/parse.js'
import type { Warn } from '../spec/warnings.js'
import type { RuntimeConfigOptions } from './bundleOptions.js'
import { ownersOf } from './unpackOptions.js'

/** Returns the content of config.json. */
export async function configTextOf(
  config: ImageConfig,
  { reader, options, warn }: { reader: RootReader | undefined; options: RuntimeConfigOptions; warn: Warn },
): Promise<string> {
  const { users, groups, isRootless: rootless } = ownersOf(options)
  const { rootfs = ROOTFS_DIRECTORY, runtimeTemplate, keepLabels } = options
  const resolvConfFlags = rootless ? await lockedMountFlags('/etc/resolv.conf') : undefined
  return runtimeConfigOf(
    config,
    {
      rootfs,
      rootless,
      keepLabels,
      resolvConfFlags,
      uidMappings: users,
      gidMappings: groups,
      template: runtimeTemplate === undefined ? undefined : templateAt(runtimeTemplate),
      ...(reader && { readRootfsFile: (path: string, limit: number) => reader.read(path, limit) }),
    },
    warn,
  )
}

function templateAt(where: string): { bytes: Uint8Array; where: string } {
  const found = readSmallFile(where, { limit: CONFIG_LIMIT })
  if (found === undefined) throw new ImageError('NOT_FOUND', 'there is no such file', { where })
  return { bytes: found.bytes, where }
}
