import { lstatSync } from 'node:fs'
import { resolve } from 'node:path'
import { attempt, ImageError } from '../spec/errors.js'
import { IndexFile } from '../store/layout/indexFile.js'
import { INDEX_FILE } from '../store/layout/layoutNames.js'
import { openLayoutSink } from '../store/layout/layoutSink.js'

/**
 * Makes an OCI image layout without images, and the directories above it.
 * @throws ImageError EXISTS if the path exists
 */
export async function initLayout(path: string): Promise<void> {
  await attempt(`init ${path}`, async () => {
    if (lstatSync(resolve(path), { throwIfNoEntry: false }) !== undefined) throw exists(path)
    await using sink = await openLayoutSink(path)
    await sink.edit((current) => {
      // Another command made it at the same time.
      if (current !== undefined) return Promise.reject(exists(path))
      const index = new IndexFile(undefined, INDEX_FILE).with([])
      return Promise.resolve({ index, folders: ['blobs/sha256'] })
    })
  })
}

function exists(where: string): ImageError {
  return new ImageError('EXISTS', 'it exists already', { where, hint: 'choose another path' })
}
