import type { UnpackOptions } from '../commands/bundleOptions.js'
import { commandOptions } from '../commands/optionsOf.js'
import type { Unpacked } from '../commands/unpackOptions.js'
import type { Command } from './command.js'
import { jsonLine } from './harmless.js'
import { displayOf, type ProgressStyle } from './progress.js'
import { withSignal } from './signals.js'
import { printDuration } from './units.js'
import { WarningLines } from './warningLines.js'
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
    await shown(values, async (options) => {
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
    await shown(values, async (options) => {
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

interface Shown extends UnpackOptions {
  json: boolean
  progress: ProgressStyle
  quiet: boolean
}

/** Runs the work with progress and warnings, and prints the result. */
async function shown(
  { json, progress, quiet, ...options }: Shown,
  work: (options: UnpackOptions) => Promise<Unpacked>,
): Promise<void> {
  const display = quiet ? undefined : displayOf(progress, process.stderr)
  const warnings = new WarningLines(display ?? { line: (text) => process.stderr.write(`${text}\n`) })
  const started = performance.now()
  try {
    const unpacked = await withSignal((signal) =>
      work({
        ...options,
        signal,
        onWarning: (warning) => warnings.add(warning),
        onProgress: display && ((piece) => display.onProgress(piece)),
      }),
    ).finally(() => warnings.close())
    display?.close()
    if (json) process.stdout.write(jsonLine(unpacked))
    else if (display !== undefined)
      process.stderr.write(`${summary(unpacked)}, ${printDuration(performance.now() - started)}\n`)
  } finally {
    display?.close()
  }
}

function summary({ layers, entries, config }: Unpacked): string {
  return `${config}\n${layers} ${layers === 1 ? 'layer' : 'layers'}, ${entries} ${entries === 1 ? 'entry' : 'entries'}`
}
