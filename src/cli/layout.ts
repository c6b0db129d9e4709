import { commandOptions } from '../commands/optionsOf.js'
import type { Command } from './command.js'
import { jsonLine, oneLine } from './harmless.js'
import { printBytes } from './units.js'
import { needed, working } from './working.js'

const INIT = commandOptions('init')
const NEW = commandOptions('new')
const LIST = commandOptions('list')
const TAG = commandOptions('tag')
const REMOVE = commandOptions('remove')
const GC = commandOptions('gc')

const NO_PLACES = { places: [], ifMore: 'give the image with --image, or the layout with --layout' }

/** `transload init --layout DIR`. */
export const initCommand: Command<typeof INIT> = {
  ...NO_PLACES,
  options: INIT,
  async run({ layout }) {
    const path = needed(layout, '--layout', 'transload init --layout DIR')
    const { initLayout } = await import('../commands/init.js')
    await initLayout(path)
  },
}

/** `transload new --image DIR[:TAG]`. */
export const newCommand: Command<typeof NEW> = {
  ...NO_PLACES,
  options: NEW,
  async run({ image, json, ...options }) {
    const place = needed(image, '--image', 'transload new --image DIR[:TAG]')
    const { newImage } = await import('../commands/newImage.js')
    report(await working((signals) => newImage(place, { ...options, ...signals })), json)
  },
}

/** `transload list --layout DIR`. */
export const listCommand: Command<typeof LIST> = {
  ...NO_PLACES,
  options: LIST,
  async run({ layout, json }) {
    const path = needed(layout, '--layout', 'transload list --layout DIR')
    const { listTags } = await import('../commands/listTags.js')
    const tags = await listTags(path)
    process.stdout.write(json ? jsonLine(tags) : tags.map((tag) => `${oneLine(tag)}\n`).join(''))
  },
}

/** `transload tag --image DIR[:TAG] NEW-TAG`. */
export const tagCommand: Command<typeof TAG> = {
  options: TAG,
  places: ['NEW-TAG'],
  ifMore: 'give the image with --image',
  async run({ image, json, ...options }, [newTag]) {
    const expected = 'transload tag --image DIR[:TAG] NEW-TAG'
    const [place, tag] = [needed(image, '--image', expected), needed(newTag, 'the new tag', expected)]
    const { tagImage } = await import('../commands/tagImage.js')
    report(await working((signals) => tagImage(place, tag, { ...options, ...signals })), json)
  },
}

/** `transload remove --image DIR:TAG`. */
export const removeCommand: Command<typeof REMOVE> = {
  ...NO_PLACES,
  options: REMOVE,
  async run({ image, json, ...options }) {
    const place = needed(image, '--image', 'transload remove --image DIR:TAG')
    const { removeTag } = await import('../commands/removeTag.js')
    report(await working((signals) => removeTag(place, { ...options, ...signals })), json)
  },
}

/** `transload gc --layout DIR`. */
export const gcCommand: Command<typeof GC> = {
  ...NO_PLACES,
  options: GC,
  async run({ layout, json, ...options }) {
    const path = needed(layout, '--layout', 'transload gc --layout DIR')
    const { collectGarbage } = await import('../commands/collectGarbage.js')
    const swept = await working((signals) => collectGarbage(path, { ...options, ...signals }))
    if (json) report(swept, json)
    else {
      const { removed, bytes } = swept
      const lines = removed.map((digest) => `${digest}\n`).join('')
      const count = `${removed.length} ${removed.length === 1 ? 'blob' : 'blobs'} removed`
      process.stdout.write(`${lines}${count}, ${printBytes(bytes)} freed\n`)
    }
  },
}

function report(result: object, isJSON: boolean): void {
  if (isJSON) process.stdout.write(jsonLine(result))
}
