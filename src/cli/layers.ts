import type { LayerAdded } from '../commands/addToImage.js'
import { commandOptions } from '../commands/optionsOf.js'
import type { Repacked } from '../commands/repack.js'
import { ImageError } from '../spec/errors.js'
import type { Command } from './command.js'
import { oneLine } from './harmless.js'
import { withHistory } from './historyOption.js'
import { runShown } from './runShown.js'
import { printBytes } from './units.js'
import { needed, working } from './working.js'

const REPACK = commandOptions('repack')
const INSERT = commandOptions('insert')
const ADD_LAYER = commandOptions('raw add-layer')
const VALIDATE = commandOptions('raw mtree-validate')

const IF_MORE = 'give the image with --image'

/** `transload repack --image DIR[:TAG] BUNDLE`. */
export const repackCommand: Command<typeof REPACK> = {
  options: REPACK,
  places: ['BUNDLE'],
  ifMore: IF_MORE,
  async run({ image, ...values }, [bundle]) {
    const expected = 'transload repack --image DIR[:TAG] BUNDLE'
    const [to, from] = [needed(image, '--image', expected), needed(bundle, 'the bundle', expected)]
    await runShown(withHistory(values), repackSummary, async (options) => {
      const { repack } = await import('../commands/repack.js')
      return repack(to, from, options)
    })
  },
}

/** `transload insert --image DIR[:TAG] SOURCE TARGET`, or with `--whiteout` just TARGET. */
export const insertCommand: Command<typeof INSERT> = {
  options: INSERT,
  places: ['SOURCE', 'TARGET'],
  ifMore: IF_MORE,
  async run({ image, whiteout, ...values }, places) {
    const expected = `transload insert --image DIR[:TAG] ${whiteout ? '--whiteout TARGET' : 'SOURCE TARGET'}`
    const place = needed(image, '--image', expected)
    const first = needed(places[0], whiteout ? 'the target' : 'the source', expected)
    if (!whiteout) {
      const target = needed(places[1], 'the target', expected)
      await runShown(withHistory(values), layerSummary, async (options) => {
        const { insert } = await import('../commands/insert.js')
        return insert(place, first, target, options)
      })
      return
    }
    const { opaque, rootless, uidMap, gidMap, ...others } = values
    const isOdd = opaque || rootless || uidMap.length + gidMap.length > 0 || places.length > 1
    if (isOdd) throw new ImageError('USAGE', '--whiteout takes a target and no source', { expected })
    await runShown(withHistory(others), layerSummary, async (options) => {
      const { insertWhiteout } = await import('../commands/insert.js')
      return insertWhiteout(place, first, options)
    })
  },
}

/** `transload raw add-layer --image DIR[:TAG] LAYER.tar`. */
export const addLayerCommand: Command<typeof ADD_LAYER> = {
  options: ADD_LAYER,
  places: ['LAYER.tar'],
  ifMore: IF_MORE,
  async run({ image, ...values }, [layer]) {
    const expected = 'transload raw add-layer --image DIR[:TAG] LAYER.tar'
    const [place, tar] = [needed(image, '--image', expected), needed(layer, 'the layer', expected)]
    await runShown(withHistory(values), layerSummary, async (options) => {
      const { addLayer } = await import('../commands/addLayer.js')
      return addLayer(place, tar, options)
    })
  },
}

/** `transload raw mtree-validate FILE.mtree DIRECTORY`. */
export const validateCommand: Command<typeof VALIDATE> = {
  options: VALIDATE,
  places: ['FILE.mtree', 'DIRECTORY'],
  ifMore: 'give one file and one directory',
  async run({ keywords, ...values }, [file, directory]) {
    const expected = 'transload raw mtree-validate FILE.mtree DIRECTORY'
    const [mtree, root] = [needed(file, 'the mtree file', expected), needed(directory, 'the directory', expected)]
    const chosen = keywords.length === 0 ? {} : { keywords }
    const { validateMtree } = await import('../commands/validateMtree.js')
    const lines = await working(({ signal }) => validateMtree(mtree, root, { ...values, ...chosen, signal }))
    process.stdout.write(lines.map((line) => `${oneLine(line)}\n`).join(''))
    if (lines.length > 0)
      throw new ImageError('INTEGRITY', 'the directory differs', { where: root, found: lines.length })
  },
}

function layerSummary({ config, layer }: LayerAdded): string {
  return `${config}\n1 layer added, ${printBytes(layer.size)}`
}

function repackSummary({ config, layer, added, changed, removed }: Repacked): string {
  if (layer === null) return `${config}\nnothing changed`
  return `${config}\n${added} added, ${changed} changed, ${removed} removed, ${printBytes(layer.size)}`
}
