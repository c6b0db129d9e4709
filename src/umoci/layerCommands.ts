import { checkCompress, checkHistory, checkTag, needsImage, takesOneArgument, takesSourceAndTarget } from './checks.js'
import type { UmociCommand } from './command.js'
import { COMPRESS, HISTORY, IMAGE, MAPPING, TAG } from './flagSets.js'
import { notYet } from './notYet.js'

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
  async run() {
    throw notYet('repack')
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
  async run() {
    throw notYet('insert')
  },
}
