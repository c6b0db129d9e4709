import { layoutOf, needsLayout, takesNoArguments } from './checks.js'
import type { UmociCommand } from './command.js'
import { LAYOUT } from './flagSets.js'

const CHECKS = [needsLayout, takesNoArguments]

export const INIT: UmociCommand = {
  name: 'init',
  usage: 'make an empty OCI layout',
  syntax: '--layout <image-path>',
  about: `Makes the directory "<image-path>" and in it a layout without any image. It must
not exist. umoci-new(1) puts an image there, other tools copy one.`,
  category: 'layout',
  flags: [LAYOUT],
  checks: CHECKS,
  async run({ flags }, { log, library }) {
    const path = layoutOf(flags)
    await library.initLayout(path)
    log.info(`created new OCI image: ${path}`)
  },
}

export const LIST: UmociCommand = {
  name: 'list',
  aliases: ['ls'],
  usage: 'list the tags of an OCI layout',
  syntax: '--layout <image-path>',
  about: `Prints the tags of the layout "<image-path>", one on a line, in the order of its
index. umoci-stat(1) tells more about each image.`,
  category: 'layout',
  flags: [LAYOUT],
  checks: CHECKS,
  async run({ flags }, { print, library }) {
    const tags = await library.listTags(layoutOf(flags))
    // A tag of several lines would look like several tags.
    print(tags.map((tag) => `${tag.replaceAll('\n', '\\u000a')}\n`).join(''))
  },
}

export const GC: UmociCommand = {
  name: 'gc',
  usage: 'remove the blobs that no image of an OCI layout uses',
  syntax: '--layout <image-path>',
  about: `Removes each blob of the layout "<image-path>" that cannot be reached from its
index. What an interrupted command left behind goes, too.`,
  category: 'layout',
  flags: [LAYOUT],
  checks: CHECKS,
  async run({ flags }, { log, library, signal, onWarning }) {
    const { removed, bytes } = await library.collectGarbage(layoutOf(flags), { grace: 0, signal, onWarning })
    log.info(`garbage collected ${removed.length} blobs of ${bytes} bytes`)
  },
}
