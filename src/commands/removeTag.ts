import { collecting, type Options } from '../bytes/context.js'
import { ImageError } from '../spec/errors.js'
import { IndexFile } from '../store/layout/indexFile.js'
import { INDEX_FILE } from '../store/layout/layoutNames.js'
import { entriesNamed, selectEntries } from '../store/layout/selectEntries.js'
import { type ImagePlace, parseLayoutPlace } from '../transport/imagePlace.js'
import { openLayoutToEdit } from '../transport/layoutToEdit.js'
import { assertRemoveOptions } from './checkOptions.js'
import { running } from './running.js'

/**
 * Removes an image's entries from the index of a layout; blobs stay until garbage is collected. An image that is not
 * there is no error.
 * @returns the digests that the entries named
 * @throws ImageError
 */
export async function removeTag(image: ImagePlace, options: Options = {}): Promise<{ removed: string[] }> {
  return running(`remove ${image}`, options, async () => {
    assertRemoveOptions(options)
    const { path, selector } = parseLayoutPlace(image)
    if (selector === undefined) {
      throw new ImageError('USAGE', 'the tag is missing', { where: image, expected: 'PATH:TAG' })
    }
    const { context } = collecting(options)
    await using layout = await openLayoutToEdit(path, { context, signal: options.signal })
    const { going } = await layout.sink.edit((current) => {
      const index = new IndexFile(current, INDEX_FILE)
      const isThere = entriesNamed(index.entries, selector).length > 0
      const going = new Set(isThere ? selectEntries(index.entries, selector) : [])
      const staying = index.entries.filter((entry) => !going.has(entry))
      return Promise.resolve({ index: isThere ? index.with(staying) : undefined, going })
    })
    return { removed: [...going].map(({ descriptor }) => descriptor.digest) }
  })
}
