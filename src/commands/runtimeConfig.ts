import { writeFileSync } from 'node:fs'
import { ROOTFS_DIRECTORY } from '../bundle/bundleFiles.js'
import { lockedMountFlags } from '../bundle/hostMount.js'
import { runtimeConfigOf } from '../bundle/runtimeConfig.js'
import { collecting } from '../bytes/context.js'
import { readSmallFile } from '../io/smallFile.js'
import { RootReader } from '../rootfs/rootReader.js'
import { ImageError } from '../spec/errors.js'
import { CONFIG_LIMIT, type ImageConfig } from '../spec/parse.js'
import type { Warn, Warning } from '../spec/warnings.js'
import type { ImagePlace } from '../transport/imagePlace.js'
import type { RuntimeConfigOptions } from './bundleOptions.js'
import { assertRuntimeConfigOptions } from './checkOptions.js'
import { openOne } from './openOne.js'
import { running } from './running.js'
import { ownersOf } from './unpackOptions.js'

/**
 * Writes the config.json that an OCI runtime needs to run an image. A file that exists is overwritten.
 * @returns warnings
 * @throws ImageError UNSUPPORTED for what no runtime runs; NOT_FOUND, FORMAT, UNSAFE for settings of the image
 */
export async function runtimeConfig(
  image: ImagePlace,
  path: string,
  options: RuntimeConfigOptions = {},
): Promise<{ warnings: Warning[] }> {
  return running(`make a runtime config of ${image}`, options, async () => {
    assertRuntimeConfigOptions(options)
    const { context, warnings } = collecting(options)
    const { platform, signal, rootfs } = options
    await using opened = await openOne(image, { platform, context, signal, spool: noSpool })
    using reader = rootfs === undefined ? undefined : new RootReader(rootfs)
    const text = await configTextOf(opened.image.config, { reader, options, warn: context.warn })
    writeFileSync(path, text)
    return { warnings: warnings() }
  })
}

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

function noSpool(): never {
  throw new ImageError('UNSUPPORTED', 'the image has to be in a file or a directory', {
    hint: 'transload convert SOURCE oci:DIR makes one of a pipe or a compressed archive',
  })
}
