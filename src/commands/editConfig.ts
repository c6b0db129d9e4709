import { collecting } from '../bytes/context.js'
import type { Edited, NewManifest } from '../image/rewriteImage.js'
import { assertChanges } from '../layer/configChanges.js'
import { editedConfig } from '../layer/configText.js'
import { editedManifest } from '../layer/documentText.js'
import { emptyStep } from '../layer/historyEntry.js'
import { imageConfigOf } from '../layer/imageConfig.js'
import type { ManifestNode } from '../layer/nodeTable.js'
import { defined } from '../spec/defined.js'
import { digestOf } from '../spec/digest.js'
import type { Reader } from '../store/blobs.js'
import { labelOfEntry } from '../store/layout/selectEntries.js'
import type { ImagePlace } from '../transport/imagePlace.js'
import { assertEdit } from './checkOptions.js'
import { editImage } from './editImage.js'
import type { ConfigEdit } from './layoutOptions.js'
import { running } from './running.js'

/**
 * Changes the config of an image, and annotations of its manifest. Of an index one platform changes, and the index
 * follows. In a layout, without `tag`, the image's own name moves to the changed one; with `to`, the changed image is
 * written there. Everything that is not changed stays as it stands.
 * @throws ImageError
 */
export async function editConfig(image: ImagePlace, edit: ConfigEdit): Promise<Edited> {
  return running(`edit ${image}`, edit, async () => {
    assertEdit(edit)
    assertChanges(edit)
    const { context } = collecting(edit)
    const { edited } = await editImage(image, {
      options: edit,
      context,
      edit: {
        scope: 'one',
        prepare: ({ entries }, { reader }) => {
          const [first] = entries
          const where = first === undefined ? '' : labelOfEntry(first)
          return Promise.resolve({ blobs: [], next: (manifest) => newDocuments(manifest, edit, { reader, where }) })
        },
      },
    })
    return edited
  })
}

async function newDocuments(
  manifest: ManifestNode,
  edit: ConfigEdit,
  { reader, where }: { reader: Reader; where: string },
): Promise<NewManifest> {
  const config = await imageConfigOf(manifest.document, { reader, where })
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
