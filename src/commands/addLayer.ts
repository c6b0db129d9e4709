import { type Looks, sniff } from '../bytes/sniff.js'
import { packingOf } from '../compression/codecs.js'
import { ImageError } from '../spec/errors.js'
import type { ImagePlace } from '../transport/imagePlace.js'
import { addToImage, type LayerAdded } from './addToImage.js'
import { assertLayerOptions } from './checkOptions.js'
import type { AddLayerOptions } from './layerOptions.js'
import { storeNewLayer } from './newLayer.js'
import { openTar } from './openTar.js'
import { running } from './running.js'

/**
 * Adds an uncompressed tar to an image in a layout, as its last layer. Its bytes stay as they are.
 * @throws ImageError NOT_FOUND, FORMAT, UNSUPPORTED, SYSTEM, USAGE
 */
export async function addLayer(image: ImagePlace, tar: string, options: AddLayerOptions = {}): Promise<LayerAdded> {
  return running(`add ${tar}`, options, async () => {
    assertLayerOptions(options)
    await using file = await openTar(tar)
    return await addToImage(image, {
      options,
      command: 'transload raw add-layer',
      make: async (means) => {
        const { looks, bytes } = await sniff(file.read(means.signal))
        assertTar(looks, tar)
        return storeNewLayer(bytes, { name: tar, size: file.size, ...means })
      },
    })
  })
}

function assertTar(looks: Looks, where: string): void {
  if (looks === 'tar') return
  throw new ImageError('FORMAT', 'the new layer is not a tar', {
    where,
    expected: 'an uncompressed tar',
    found: looks === 'unknown' ? 'something else' : looks,
    ...(packingOf(looks) === 'none' ? {} : { hint: 'decompress it first; --compress says how it is stored' }),
  })
}
