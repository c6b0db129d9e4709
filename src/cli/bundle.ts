import { commandOptions } from '../commands/optionsOf.js'
import type { Unpacked } from '../commands/unpackOptions.js'
import type { Command } from './command.js'
import { runShown } from './runShown.js'
import { needed, working } from './working.js'

const UNPACK = commandOptions('unpack')
const RAW_UNPACK = commandOptions('raw unpack')
const RAW_CONFIG = commandOptions('raw runtime-config')

const IF_MORE = 'give the image with --image'

/** `transload unpack --image PLACE BUNDLE`. */
export const unpackCommand: Command<typeof UNPACK> = {
  options: UNPACK,
  places: ['BUNDLE'],
  ifMore: IF_MORE,
  async run({ image, ...values }, [bundle]) {
    const expected = 'transload unpack --image PATH[:REF] BUNDLE'
    const [from, to] = [needed(image, '--image', expected), needed(bundle, 'the bundle', expected)]
    await runShown(values, summary, async (options) => {
      const { unpack } = await import('../commands/unpack.js')
      return unpack(from, to, options)
    })
  },
}

/** `transload raw unpack --image PLACE ROOTFS`. */
export const rawUnpackCommand: Command<typeof RAW_UNPACK> = {
  options: RAW_UNPACK,
  places: ['ROOTFS'],
  ifMore: IF_MORE,
  async run({ image, ...values }, [rootfs]) {
    const expected = 'transload raw unpack --image PATH[:REF] ROOTFS'
    const [from, to] = [needed(image, '--image', expected), needed(rootfs, 'the directory', expected)]
    await runShown(values, summary, async (options) => {
      const { unpackRootfs } = await import('../commands/unpackRootfs.js')
      return unpackRootfs(from, to, options)
    })
  },
}

/** `transload raw runtime-config --image PLACE CONFIG`. */
export const rawConfigCommand: Command<typeof RAW_CONFIG> = {
  options: RAW_CONFIG,
  places: ['CONFIG.json'],
  ifMore: IF_MORE,
  async run({ image, ...options }, [path]) {
    const expected = 'transload raw runtime-config --image PATH[:REF] CONFIG.json'
    const [from, to] = [needed(image, '--image', expected), needed(path, 'the path of the config', expected)]
    const { runtimeConfig } = await import('../commands/runtimeConfig.js')
    await working((signals) => runtimeConfig(from, to, { ...options, ...signals }))
  },
}

function summary({ layers, entries, config }: Unpacked): string {
  return `${config}\n${layers} ${layers === 1 ? 'layer' : 'layers'}, ${entries} ${entries === 1 ? 'entry' : 'entries'}`
}
