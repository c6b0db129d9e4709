import {
  checkCompress,
  checkHistory,
  checkTag,
  firstOf,
  imageOf,
  needsImage,
  takesOneArgument,
  takesSourceAndTarget,
} from './checks.js'
import type { UmociCommand } from './command.js'
import { COMPRESS, HISTORY, IMAGE, MAPPING, TAG } from './flagSets.js'
import type { GivenFlags } from './flags.js'
import { compressOf, historyOf } from './history.js'
import { inLayout, onImage } from './onImage.js'
import { unpackOptions } from './unpackCommand.js'

export const REPACK: UmociCommand = {
  name: 'repack',
  usage: 'make a layer of the changes in an OCI runtime bundle',
  syntax: '--image <image-path>[:<new-tag>] <bundle>',
  about: `Compares "<bundle>" with the image that it was unpacked from, adds the difference
to this image as a layer, and names the result "<new-tag>". The layout
"<image-path>" must have that image. Maps of ids are as umoci-unpack(1) took them.`,
  category: 'image',
  flags: [
    { names: ['mask-path'], kind: 'list', usage: 'paths below which changes are left out' },
    { names: ['no-mask-volumes'], kind: 'switch', usage: 'include changes in the volumes of the image' },
    { names: ['refresh-bundle'], kind: 'switch', usage: 'take the new image as the one that the bundle comes from' },
    ...HISTORY,
    COMPRESS,
    IMAGE,
  ],
  checks: [needsImage, checkCompress, checkHistory, takesOneArgument('<bundle>', 'bundle path cannot be empty')],
  async run(call, { log, library, signal, onWarning }) {
    const { flags } = call
    const { tag } = imageOf(flags)
    const { digest, manifest } = await inLayout(flags, (image) =>
      library.repack(image, firstOf(call), {
        compress: compressOf(flags),
        history: historyOf(flags, 'umoci repack'),
        maskPaths: flags.list('mask-path'),
        maskVolumes: !flags.isOn('no-mask-volumes'),
        refreshBundle: flags.isOn('refresh-bundle'),
        recordUnchanged: true,
        signal,
        onWarning,
      }),
    )
    log.info(`new image manifest created: ${digest}->${manifest}`)
    log.info(`created new tag for image manifest: ${tag}`)
  },
}

export const INSERT: UmociCommand = {
  name: 'insert',
  usage: 'add files to an image, or remove some',
  syntax: `--image <image-path>[:<tag>] [--opaque] <source> <target>
                                  --image <image-path>[:<tag>] [--whiteout] <target>`,
  about: `Adds a layer to the image "<tag>" of the layout "<image-path>" that has the file
or directory "<source>" under the name "<target>". With --whiteout the layer
removes "<target>". With --opaque it hides what "<target>" had before.

Layers below keep what they have: this is no way to remove a secret.`,
  category: 'image',
  flags: [
    { names: ['whiteout'], kind: 'switch', usage: 'remove the target' },
    { names: ['opaque'], kind: 'switch', usage: 'hide what the target directory had before' },
    TAG,
    ...HISTORY,
    ...MAPPING,
    COMPRESS,
    IMAGE,
  ],
  checks: [needsImage, checkCompress, checkHistory, checkTag, takesSourceAndTarget],
  async run({ flags, args: [first = '', second = ''] }, { log, library, signal, onWarning }) {
    const tag = flags.text('tag')
    const history = insertHistory(flags)
    const options = { compress: compressOf(flags), history, ...(tag === undefined ? {} : { tag }), signal, onWarning }
    const { keepDirlinks: _, ...mapping } = unpackOptions(flags)
    const { digest, manifest } = await onImage(flags, (image) =>
      flags.has('whiteout')
        ? library.insertWhiteout(image, first, options)
        : library.insert(image, first, second, { ...options, ...mapping, opaque: flags.has('opaque') }),
    )
    log.info(`new image manifest created: ${digest}->${manifest}`)
    log.info(`updated tag for image manifest: ${tag ?? imageOf(flags).tag}`)
  },
}

/** Unlike other commands, umoci's does not take the image's author for that of the step. */
function insertHistory(flags: GivenFlags) {
  const history = historyOf(flags, 'umoci insert')
  return history === false ? history : { ...history, author: history.author ?? '' }
}
