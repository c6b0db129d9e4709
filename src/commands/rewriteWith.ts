import { type ImageToEdit, type ManifestChange, type Rewritten, rewriteImage } from '../image/rewriteImage.js'
import { tableOf } from '../layer/nodeTable.js'
import { printPlatform } from '../spec/platform.js'
import type { Warn } from '../spec/warnings.js'
import type { BlobPool } from '../store/blobs.js'
import type { Node } from '../store/nodes.js'
import type { Prepared } from './imageEdit.js'

/** Puts the new documents of an image into a pool. */
export async function rewriteWith(
  { next }: Prepared,
  image: ImageToEdit,
  pool: Pick<BlobPool, 'has' | 'put'>,
): Promise<Rewritten> {
  const changes: ManifestChange[] = []
  for (const manifest of image.manifests) changes.push({ manifest, next: await next(manifest) })
  return rewriteImage(image, changes, pool)
}

/** Warns of manifests that an index lists and the source lacks, in whole or in part: they cannot change. */
export function warnOfSkipped(nodes: readonly Node[], warn: Warn): void {
  const { incomplete } = tableOf(nodes)
  for (const { kind, descriptor } of nodes) {
    const lacks = kind === 'absent' ? 'it' : incomplete.has(descriptor.digest) ? 'a part of it' : undefined
    if (lacks === undefined) continue
    const name = printPlatform(descriptor.platform) ?? 'an image'
    const message = `${name} of the index stays as it is: the source lacks ${lacks}`
    warn({ code: 'SPARSE_INDEX', message, where: descriptor.digest })
  }
}
