import { writeFileSync } from 'node:fs'
import { collecting } from '../bytes/context.js'
import { RootReader } from '../rootfs/rootReader.js'
import { ImageError } from '../spec/errors.js'
import type { Warning } from '../spec/warnings.js'
import type { ImagePlace } from '../transport/imagePlace.js'
import type { RuntimeConfigOptions } from './bundleOptions.js'
import { assertRuntimeConfigOptions } from './checkOptions.js'
import { openOne } from './openOne.js'
import { running } from './running.js'
import { configTextOf } from './runtimeConfigText.js'

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

function noSpool(): never {
  throw new ImageError('UNSUPPORTED', 'the image has to be in a file or a directory', {
    hint: 'transload convert SOURCE oci:DIR makes one of a pipe or a compressed archive',
  })
}
