import { UMOCI_KEYWORDS } from '../rootfs/validation.js'
import { ImageError } from '../spec/errors.js'
import {
  checkCompress,
  checkHistory,
  checkManifestAndPath,
  checkTag,
  firstOf,
  imageOf,
  needsImage,
  takesOneArgument,
} from './checks.js'
import type { UmociCommand } from './command.js'
import { COMPRESS, HISTORY, IMAGE, KEEP_DIRLINKS, MAPPING, TAG, VALIDATION } from './flagSets.js'
import type { GivenFlags } from './flags.js'
import { compressOf, historyOf } from './history.js'
import { onImage } from './onImage.js'
import { unpackOptions } from './unpackCommand.js'

export const ADD_LAYER: UmociCommand = {
  name: 'add-layer',
  usage: 'add a tar to an image as it is',
  syntax: '--image <image-path>[:<tag>] <new-layer.tar>',
  about: `Adds the uncompressed tar "<new-layer.tar>" to the image "<tag>" of the layout
"<image-path>", as its last layer.`,
  category: 'image',
  flags: [TAG, ...HISTORY, COMPRESS, IMAGE],
  checks: [
    needsImage,
    checkCompress,
    checkHistory,
    checkTag,
    takesOneArgument('<newlayer.tar>', '<new-layer.tar> path cannot be empty'),
  ],
  async run(call, { log, library, signal, onWarning }) {
    const { flags } = call
    const tag = flags.text('tag')
    const history = historyOf(flags, 'umoci raw add-layer')
    const options = { compress: compressOf(flags), history, ...(tag === undefined ? {} : { tag }), signal, onWarning }
    const { digest, manifest } = await onImage(flags, (image) => library.addLayer(image, firstOf(call), options))
    log.info(`new image manifest created: ${digest}->${manifest}`)
    log.info(`created new tag for image manifest: ${tag ?? imageOf(flags).tag}`)
  },
}

export const RAW_CONFIG: UmociCommand = {
  name: 'runtime-config',
  aliases: ['config'],
  usage: 'write the runtime configuration of an image',
  syntax: '--image <image-path>[:<tag>] [--rootfs <rootfs>] <config.json>',
  about: `Writes the configuration that an OCI runtime needs for the image "<tag>" of the
layout "<image-path>" to "<config.json>". Users and groups are looked up in
"<rootfs>".`,
  category: 'image',
  flags: [{ names: ['rootfs'], kind: 'text', usage: 'directory of the unpacked image' }, ...MAPPING, IMAGE],
  checks: [needsImage, takesOneArgument('<config.json>', 'config.json path cannot be empty')],
  async run(call, { library, signal, onWarning }) {
    const { keepDirlinks: _, ...options } = unpackOptions(call.flags)
    const rootfs = call.flags.text('rootfs')
    const all = { ...options, ...(rootfs === undefined ? {} : { rootfs }), signal, onWarning }
    await onImage(call.flags, (image) => library.runtimeConfig(image, firstOf(call), all))
  },
}

export const RAW_UNPACK: UmociCommand = {
  name: 'unpack',
  usage: 'unpack the files of an image',
  syntax: '--image <image-path>[:<tag>] <rootfs>',
  about: `Unpacks the layers of the image "<tag>" of the layout "<image-path>" into the
directory "<rootfs>", and nothing else.`,
  category: 'image',
  flags: [KEEP_DIRLINKS, ...MAPPING, IMAGE],
  checks: [needsImage, takesOneArgument('<rootfs>', 'rootfs path cannot be empty')],
  async run(call, { library, signal, onWarning }) {
    const options = { ...unpackOptions(call.flags), signal, onWarning }
    await onImage(call.flags, (image) => library.unpackRootfs(image, firstOf(call), options), 'tag is not found')
  },
}

export const MTREE_VALIDATE: UmociCommand = {
  name: 'mtree-validate',
  usage: 'compare a directory with an mtree manifest',
  syntax: '--manifest <manifest.mtree> --path <directory>',
  about: `Compares "<directory>" with the mtree(8) manifest "<manifest.mtree>" and prints
each difference.`,
  category: 'devtools',
  isHidden: true,
  flags: VALIDATION,
  checks: [checkManifestAndPath],
  async run({ flags }, { library, print, signal }) {
    const keywords = wordsOf(flags, 'use-keywords') ?? (flags.isOn('umoci-keywords') ? UMOCI_KEYWORDS : undefined)
    const differences = await library.validateMtree(flags.text('manifest') ?? '', flags.text('path') ?? '', {
      ...(keywords === undefined ? {} : { keywords }),
      addKeywords: wordsOf(flags, 'add-keywords') ?? [],
      signal,
    })
    print(differences.map((line) => `${line}\n`).join(''))
    if (differences.length === 0) return
    throw new ImageError('FORMAT', `validation failed: ${differences.length} differences found`)
  },
}

/** Returns the words of a flag, which commas or spaces separate; undefined if it is not given. */
function wordsOf(flags: GivenFlags, name: string): string[] | undefined {
  return flags
    .text(name)
    ?.split(/[, ]/)
    .filter((word) => word !== '')
}
