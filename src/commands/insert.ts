import { basename, dirname, resolve } from 'node:path'
import { single } from '../bytes/bytes.js'
import type { Insertion } from '../rootfs/packPlan.js'
import { targetOf } from '../rootfs/packPlan.js'
import { whiteoutTar } from '../rootfs/whiteoutTar.js'
import { ImageError } from '../spec/errors.js'
import type { ImagePlace } from '../transport/imagePlace.js'
import { addToImage, type LayerAdded } from './addToImage.js'
import { assertInsertOptions, assertLayerOptions } from './checkOptions.js'
import type { AddLayerOptions, InsertOptions } from './layerOptions.js'
import { storeNewLayer } from './newLayer.js'
import { packLayer, startPacking } from './packing.js'
import { running } from './running.js'
import { ownersOf } from './unpackOptions.js'

const COMMAND = 'transload insert'

/**
 * Adds a file, a directory with all that is in it, or any other object to an image in a layout, as one more layer. A link
 * is added as a link.
 * @param target path in the image; the directories above it stay as they are
 * @throws ImageError NOT_FOUND, UNSAFE, UNSUPPORTED, FORMAT, SYSTEM, USAGE
 */
export async function insert(
  image: ImagePlace,
  source: string,
  target: string,
  options: InsertOptions = {},
): Promise<LayerAdded> {
  return running(`insert ${source}`, options, async () => {
    assertInsertOptions(options)
    const { root, ...place } = placeOf(source)
    const insertion: Insertion = { ...place, target: targetOf(target), isOpaque: options.opaque ?? false }
    return addToImage(image, {
      options,
      command: COMMAND,
      make: async (means) => {
        const job = { kind: 'insertion', ...insertion } as const
        await using thread = await startPacking({ root, owners: ownersOf(options), job })
        return await packLayer(thread, { found: await thread.look(options.signal), ...means })
      },
    })
  })
}

/**
 * Removes a path from an image in a layout, by one more layer. Layers below keep what they have.
 * @throws ImageError UNSAFE, FORMAT, NOT_FOUND, SYSTEM, USAGE
 */
export async function insertWhiteout(
  image: ImagePlace,
  target: string,
  options: AddLayerOptions = {},
): Promise<LayerAdded> {
  return running(`remove ${target}`, options, async () => {
    assertLayerOptions(options)
    const path = targetOf(target)
    if (path === '') throw new ImageError('USAGE', 'the root of an image cannot be removed', { found: target })
    const tar = whiteoutTar(path)
    const make = { name: 'layer', size: tar.length }
    return addToImage(image, {
      options,
      command: COMMAND,
      make: (means) => storeNewLayer(single(tar), { ...make, ...means }),
    })
  })
}

/** Returns the directory that an object is in, and its name there as a binary string; the root is in itself. */
function placeOf(source: string): { root: string; name: string } {
  const path = resolve(source)
  const name = Buffer.from(basename(path)).toString('latin1')
  return name === '' ? { root: path, name: '.' } : { root: dirname(path), name }
}
