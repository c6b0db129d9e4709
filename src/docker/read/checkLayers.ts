import type { LayerStore } from '../../archive/layerStore.js'
import { mapParallel } from '../../bytes/mapParallel.js'
import { assertDiffID } from '../../layer/check.js'
import { algorithmOf, isDigest } from '../../spec/digest.js'
import { attempt } from '../../spec/errors.js'
import type { Item } from './item.js'
import { isEmptyTar } from './layerFile.js'
import { filesOf, type LayerFile } from './present.js'

/**
 * Checks the layers that the items name, but stores none. For images that are carried as the index lists them, while
 * manifest.json names these files for them, too.
 * @throws ImageError INTEGRITY, NOT_FOUND
 */
export async function checkLayers(items: readonly Item[], store: LayerStore): Promise<void> {
  await checkFiles(await filesOf(items, store.archive), store)
}

/** Checks layers' files, each once, but stores none. @throws ImageError INTEGRITY */
export async function checkFiles(files: readonly LayerFile[], store: LayerStore): Promise<void> {
  await mapParallel(files, store.context.jobs, {
    sizeOf: ({ member }) => member.size,
    work: ({ path, item, at, member }) =>
      attempt(`ingest ${path}`, async () => {
        const diffID = item.diffIDs[at]
        if (isEmptyTar(member, diffID)) return
        const algorithm = diffID !== undefined && isDigest(diffID) ? algorithmOf(diffID) : undefined
        assertDiffID(diffID, await store.diffID(member, algorithm), at)
      }),
  })
}
