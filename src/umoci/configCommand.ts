import { checkHistory, checkTag, needsImage, takesNoArguments } from './checks.js'
import type { UmociCommand } from './command.js'
import { CONFIG, HISTORY, IMAGE, TAG } from './flagSets.js'
import { notYet } from './notYet.js'

export const CONFIG_COMMAND: UmociCommand = {
  name: 'config',
  usage: 'change the configuration of an image',
  syntax: '--image <image-path>[:<tag>] [--tag <new-tag>]',
  about: `Changes what the configuration of the image "<tag>" of the layout "<image-path>"
says. The result is named "<new-tag>", and "<tag>" stays as it is; without --tag
it takes the place of "<tag>".`,
  category: 'image',
  keepsOrder: true,
  flags: [...CONFIG, TAG, ...HISTORY, IMAGE],
  checks: [needsImage, checkHistory, checkTag, takesNoArguments],
  async run() {
    throw notYet('config')
  },
}
