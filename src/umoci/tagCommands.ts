import { printStatJSON } from '../image/stat/statJSON.js'
import { printStat } from '../image/stat/statText.js'
import { firstOf, imageOf, needsImage, takesNewTag, takesNoArguments } from './checks.js'
import type { UmociCommand } from './command.js'
import { IMAGE } from './flagSets.js'
import { onImage } from './onImage.js'

const CHECKS = [needsImage, takesNoArguments]

export const NEW: UmociCommand = {
  name: 'new',
  usage: 'make an image without layers',
  syntax: '--image <image-path>:<new-tag>',
  about: `Puts an image without layers into the layout "<image-path>" and names it
"<new-tag>". It can be filled with umoci-unpack(1) and umoci-repack(1) or with
umoci-insert(1), and described with umoci-config(1).`,
  category: 'image',
  flags: [IMAGE],
  checks: CHECKS,
  async run({ flags }, { log, library, signal, onWarning }) {
    const { manifest } = await onImage(flags, (image) => library.newImage(image, { signal, onWarning }))
    log.info(`new image manifest created: ${manifest}`)
    log.info(`created new tag for image manifest: ${imageOf(flags).tag}`)
  },
}

export const TAG_COMMAND: UmociCommand = {
  name: 'tag',
  usage: 'give an image another tag',
  syntax: '--image <image-path>[:<tag>] <new-tag>',
  about: `Names the image "<tag>" of the layout "<image-path>" "<new-tag>" as well. An
image that had this name loses it.`,
  category: 'image',
  flags: [IMAGE],
  checks: [needsImage, takesNewTag],
  async run(call, { log, library, signal, onWarning }) {
    await onImage(call.flags, (image) =>
      library.tagImage(image, firstOf(call), { statedName: 'stays', signal, onWarning }),
    )
    log.info(`created new tag: ${JSON.stringify(firstOf(call))} -> ${JSON.stringify(imageOf(call.flags).tag)}`)
  },
}

export const REMOVE: UmociCommand = {
  name: 'remove',
  aliases: ['rm'],
  usage: 'remove a tag',
  syntax: '--image <image-path>[:<tag>]',
  about: `Removes "<tag>" from the index of the layout "<image-path>". The blobs of the
image stay until umoci-gc(1).`,
  category: 'image',
  flags: [IMAGE],
  checks: CHECKS,
  async run({ flags }, { log, library, signal, onWarning }) {
    await onImage(flags, (image) => library.removeTag(image, { signal, onWarning }))
    log.info(`removed tag: ${imageOf(flags).tag}`)
  },
}

export const STAT: UmociCommand = {
  name: 'stat',
  usage: 'show the manifest, configuration and history of an image',
  syntax: '--image <image-path>[:<tag>]',
  about: `Describes the image "<tag>" of the layout "<image-path>". Programs should use
--json, because the other form is for readers and may change.`,
  category: 'image',
  flags: [{ names: ['json'], kind: 'switch', usage: 'print one JSON document' }, IMAGE],
  checks: CHECKS,
  async run({ flags }, { library, print, signal }) {
    // Oddities of the layout are no matter of this image.
    const found = await onImage(flags, (image) => library.stat(image, { signal }))
    print(flags.isOn('json') ? printStatJSON(found) : printStat(found))
  },
}
