import { collecting } from '../bytes/context.js'
import { type LayoutImage, resolveEntries } from '../image/layoutImage.js'
import { labelOf } from '../image/listed.js'
import { type Edited, rewriteImage } from '../image/rewriteImage.js'
import { assertChanges } from '../layer/configChanges.js'
import { editedConfig } from '../layer/configText.js'
import { editedManifest } from '../layer/documentText.js'
import { emptyStep } from '../layer/historyEntry.js'
import { imageConfigOf } from '../layer/imageConfig.js'
import { defined } from '../spec/defined.js'
import { digestOf } from '../spec/digest.js'
import { refNameOf } from '../spec/reference.js'
import type { Reader } from '../store/graph.js'
import { IndexFile } from '../store/layout/indexFile.js'
import { INDEX_FILE } from '../store/layout/layoutFiles.js'
import { selectEntries } from '../store/layout/selectEntries.js'
import { type ImagePlace, parseLayoutPlace } from '../transport/imagePlace.js'
import { openLayoutToEdit } from '../transport/layoutToEdit.js'
import { assertEdit } from './checkOptions.js'
import type { ConfigEdit } from './layoutOptions.js'
import { placedEntries } from './placedEntries.js'
import { running } from './running.js'

/**
 * Changes the config of an image in a layout, and annotations of its manifest. Of an index one platform changes, and the
 * index follows. Without `tag` the image's own name moves to the changed one. Everything that is not changed stays as it
 * stands.
 * @throws ImageError
 */
export async function editConfig(image: ImagePlace, edit: ConfigEdit): Promise<Edited> {
  return running(`edit ${image}`, edit, async () => {
    assertEdit(edit)
    assertChanges(edit)
    const { path, selector } = parseLayoutPlace(image)
    const tag = edit.tag === undefined ? undefined : refNameOf(edit.tag)
    const { context } = collecting(edit)
    await using layout = await openLayoutToEdit(path, { context, signal: edit.signal })
    const { sink, reader } = layout
    const { edited } = await sink.edit(async (current) => {
      const index = new IndexFile(current, INDEX_FILE)
      const found = await resolveEntries(selectEntries(index.entries, selector), edit.platform, reader)
      const next = await newDocuments(found, edit, reader)
      const { entries, blobs, edited } = await rewriteImage(found, next, sink)
      const place = { before: found.entries, entries, tag, statedName: edit.statedName, warn: context.warn }
      const all = placedEntries(index, place)
      const isSame = tag === undefined && edited.manifest === found.manifest.descriptor.digest
      return isSame ? { index: undefined, edited } : { index: index.with(all), blobs, edited }
    })
    return edited
  })
}

async function newDocuments({ image, manifest }: LayoutImage, edit: ConfigEdit, reader: Reader) {
  const config = await imageConfigOf(manifest.document, { reader, where: labelOf(image) })
  // Refuses what is not an image config.
  config.config()
  const { history = {}, os, architecture, variant } = edit
  const bytes = editedConfig(config.bytes, edit, (author) =>
    history === false ? undefined : emptyStep({ author, createdBy: 'transload config', ...defined({ ...history }) }),
  )
  const claim = { digest: digestOf(bytes), size: bytes.length }
  return {
    config: bytes,
    manifest: editedManifest(manifest, claim, edit),
    platform: defined({ os, architecture, variant }),
  }
}
