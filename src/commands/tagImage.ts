import { collecting } from '../bytes/context.js'
import { refNameOf } from '../spec/reference.js'
import { changedEntry, IndexFile } from '../store/layout/indexFile.js'
import { INDEX_FILE } from '../store/layout/layoutNames.js'
import { selectEntries } from '../store/layout/selectEntries.js'
import { withTagged } from '../store/layout/tagEntries.js'
import { retagged } from '../store/names.js'
import { type ImagePlace, parseLayoutPlace } from '../transport/imagePlace.js'
import { openLayoutToEdit } from '../transport/layoutToEdit.js'
import { assertTagOptions } from './checkOptions.js'
import type { TagOptions } from './layoutOptions.js'
import { running } from './running.js'

/**
 * Gives an image of a layout another tag, too. An image of several platforms stays one. A tag that is there moves, with
 * a warning.
 * @throws ImageError
 */
export async function tagImage(
  image: ImagePlace,
  newTag: string,
  options: TagOptions = {},
): Promise<{ digest: string }> {
  return running(`tag ${image}`, options, async () => {
    assertTagOptions(options)
    const tag = refNameOf(newTag)
    const { path, selector } = parseLayoutPlace(image)
    const { context } = collecting(options)
    await using layout = await openLayoutToEdit(path, { context, signal: options.signal })
    const { found } = await layout.sink.edit((current) => {
      const index = new IndexFile(current, INDEX_FILE)
      const found = selectEntries(index.entries, selector)
      const tagged = found.map((entry) => changedEntry(entry, retagged(entry.descriptor, tag, options.statedName)))
      const entries = withTagged(index.entries, tagged, { tag, warn: context.warn })
      return Promise.resolve({ index: index.with(entries), found })
    })
    return { digest: found[0]?.descriptor.digest ?? '' }
  })
}
