import { needsImage, takesOneArgument } from './checks.js'
import type { UmociCommand } from './command.js'
import { IMAGE, KEEP_DIRLINKS, MAPPING } from './flagSets.js'
import { notYet } from './notYet.js'

export const UNPACK: UmociCommand = {
  name: 'unpack',
  usage: 'unpack an image into an OCI runtime bundle',
  syntax: '--image <image-path>[:<tag>] <bundle>',
  about: `Unpacks the image "<tag>" of the layout "<image-path>" into the directory
"<bundle>": its files in rootfs, config.json for the runtime, and what
umoci-repack(1) needs to find changes.`,
  category: 'image',
  flags: [KEEP_DIRLINKS, ...MAPPING, IMAGE],
  checks: [needsImage, takesOneArgument('<bundle>', 'bundle path cannot be empty')],
  async run() {
    throw notYet('unpack')
  },
}
