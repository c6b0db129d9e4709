import { resolve } from 'node:path'
import { HeldDirectory } from '../io/heldDirectory.js'
import { attempt } from '../spec/errors.js'
import { readIndex } from '../store/layout/layoutFiles.js'
import { INDEX_FILE } from '../store/layout/layoutNames.js'
import { REF_NAME } from '../store/names.js'
import { assertLayout } from '../transport/layoutToEdit.js'

/**
 * Returns the tags of a layout directory, in the order of its index. A tag of several entries is there several times.
 * @throws ImageError NOT_FOUND, FORMAT, UNSAFE
 */
export async function listTags(path: string): Promise<string[]> {
  return attempt(`list ${path}`, async () => {
    assertLayout(path)
    using root = HeldDirectory.open(resolve(path))
    const { manifests } = readIndex(root.at(INDEX_FILE), INDEX_FILE)
    return (manifests ?? []).flatMap(({ annotations }) => annotations?.[REF_NAME] ?? [])
  })
}
