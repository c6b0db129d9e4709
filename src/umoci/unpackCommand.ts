import { firstOf, needsImage, takesOneArgument } from './checks.js'
import type { UmociCommand } from './command.js'
import { IMAGE, KEEP_DIRLINKS, MAPPING } from './flagSets.js'
import type { GivenFlags } from './flags.js'
import { onImage } from './onImage.js'

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
  async run(call, { log, library, signal, onWarning }) {
    const options = { ...unpackOptions(call.flags), signal, onWarning }
    await onImage(call.flags, (image) => library.unpack(image, firstOf(call), options), 'tag is not found')
    log.info(`unpacked image bundle: ${firstOf(call)}`)
  },
}

/** Returns the options of `--rootless`, the maps of ids and `--keep-dirlinks`. */
export function unpackOptions(flags: GivenFlags) {
  return {
    rootless: flags.isOn('rootless'),
    uidMap: flags.list('uid-map'),
    gidMap: flags.list('gid-map'),
    keepDirlinks: flags.isOn('keep-dirlinks'),
  }
}
