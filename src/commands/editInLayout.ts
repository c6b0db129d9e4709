import { manifestsToEdit } from '../image/layoutImage.js'
import type { ImageToEdit } from '../image/rewriteImage.js'
import { refNameOf } from '../spec/reference.js'
import { IndexFile } from '../store/layout/indexFile.js'
import { readIndexBytes } from '../store/layout/layoutFiles.js'
import { INDEX_FILE } from '../store/layout/layoutNames.js'
import { selectEntries } from '../store/layout/selectEntries.js'
import { type ImagePlace, parseLayoutPlace } from '../transport/imagePlace.js'
import { openLayoutToEdit } from '../transport/layoutToEdit.js'
import type { EditWork, ImageEdited, Prepared } from './imageEdit.js'
import { placedEntries } from './placedEntries.js'
import { rewriteWith, warnOfSkipped } from './rewriteWith.js'

/** Edits an image in a layout directory. New content is made before the layout is locked. */
export async function editInLayout<Content extends Prepared>(
  image: ImagePlace,
  { edit, options, context }: EditWork<Content>,
): Promise<ImageEdited<Content>> {
  const { path, selector } = parseLayoutPlace(image, '--to PLACE writes the changed image to another place')
  const tag = options.tag === undefined ? undefined : refNameOf(options.tag)
  const { signal, platform, statedName } = options
  const { scope } = edit
  await using layout = await openLayoutToEdit(path, { context, signal })
  const { sink, reader } = layout
  const imageIn = (index: IndexFile): Promise<ImageToEdit> =>
    manifestsToEdit(selectEntries(index.entries, selector), { platform, scope }, reader)
  const before = await imageIn(new IndexFile(readIndexBytes(sink.root.at(INDEX_FILE), INDEX_FILE), INDEX_FILE))
  if (scope === 'each' && platform === undefined) warnOfSkipped(before.nodes, context.warn)
  const prepared = await edit.prepare(before, { reader, pool: sink, context, signal })
  const { rewritten } = await sink.edit(async (current) => {
    const index = new IndexFile(current, INDEX_FILE)
    const found = await imageIn(index)
    const rewritten = await rewriteWith(prepared, found, sink)
    if (tag === undefined && rewritten.documents.size === 0) return { index: undefined, rewritten }
    const { entries } = rewritten
    const all = placedEntries(index, { before: found.entries, entries, tag, statedName, warn: context.warn })
    return { index: index.with(all), blobs: [...prepared.blobs, ...rewritten.blobs], rewritten }
  })
  return { edited: rewritten.edited, manifests: rewritten.manifests, prepared }
}
