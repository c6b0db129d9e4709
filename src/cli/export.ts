import type { ExportedRootfs } from '../commands/exportRootfs.js'
import { commandOptions } from '../commands/optionsOf.js'
import { ImageError } from '../spec/errors.js'
import type { Command } from './command.js'
import { runShown } from './runShown.js'
import { printBytes } from './units.js'
import { needed } from './working.js'

const EXPORT = commandOptions('export')

/** `transload export IMAGE [FILE.tar]`; the image may be an option instead, and the file, too. */
export const exportCommand: Command<typeof EXPORT> = {
  options: EXPORT,
  places: ['IMAGE', 'FILE.tar'],
  ifMore: 'give one image and one file',
  async run({ image, output, ...values }, places) {
    const expected = 'transload export IMAGE [FILE.tar]'
    const left = [...places]
    const from = needed(image ?? left.shift(), 'the image', expected)
    const to = output ?? left.shift() ?? '-'
    if (left.length > 0)
      throw new ImageError('USAGE', 'there are two destinations', { expected, found: left.join(' ') })
    await runShown({ ...values, to }, summary, async ({ to: file, ...options }) => {
      const { exportRootfs } = await import('../commands/exportRootfs.js')
      return exportRootfs(from, file, options)
    })
  },
}

function summary({ config, layers, entries, size }: ExportedRootfs): string {
  const counted = `${layers} ${layers === 1 ? 'layer' : 'layers'}, ${entries} ${entries === 1 ? 'entry' : 'entries'}`
  return `${config}\n${counted}, ${printBytes(size)}`
}
