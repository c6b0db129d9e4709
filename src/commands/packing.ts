import type { Context } from '../bytes/context.js'
import type { PackData, PackedChanges } from '../rootfs/packThread.js'
import { PackThread } from '../rootfs/packThread.js'
import type { Compression } from '../spec/compression.js'
import { sourceDateEpoch } from '../spec/time.js'
import type { BlobPool } from '../store/blobs.js'
import { type StoredLayer, storeNewLayer } from './newLayer.js'
import { warnOfCount } from './oddityWarnings.js'
import { koffiIfThere } from './unpackOptions.js'

/** Starts the thread that reads a file system. @throws ImageError USAGE for a wrong SOURCE_DATE_EPOCH */
export function startPacking(data: Omit<PackData, 'koffi' | 'latest'>): Promise<PackThread> {
  return PackThread.start({ ...data, koffi: koffiIfThere(), latest: sourceDateEpoch(process.env) })
}

interface PackedLayer {
  found: PackedChanges
  compression: Compression
  pool: Pick<BlobPool, 'put'>
  context: Context
  signal: AbortSignal | undefined
}

/** Packs what a thread has found, and puts it into a pool. Warns of what the layer lacks. */
export async function packLayer(thread: PackThread, work: PackedLayer): Promise<StoredLayer> {
  const { found, ...circumstances } = work
  const { context } = work
  context.overall.expect({ name: 'layer', size: found.bytes })
  const tar = thread.layer(({ counts }) => {
    for (const count of counts) warnOfCount(count, context.warn)
  })
  return storeNewLayer(tar, { name: 'layer', size: found.bytes, ...circumstances })
}
