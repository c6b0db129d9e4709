import type { Bytes } from '../bytes/bytes.js'
import { type Looks, sniff } from '../bytes/sniff.js'
import { decompress, packingOf } from '../compression/codecs.js'
import type { ManifestNode } from '../layer/nodeTable.js'
import { storeLayer } from '../layer/pipeline.js'
import { type Compression, isCompression } from '../spec/compression.js'
import { ImageError } from '../spec/errors.js'
import type { EditMeans } from './imageEdit.js'
import { assertHolds, type StoredLayer, storeNewLayer } from './newLayer.js'
import type { TarFile } from './openTar.js'

/** The manifests that get a layer, and the means to store it. */
interface Appending extends Omit<EditMeans, 'reader'> {
  manifests: readonly ManifestNode[]
  /** The compression of a layer that has none. */
  compression: Compression
}

/**
 * Stores a tar as a layer. One that is compressed with gzip or zstd keeps its bytes; any other is compressed.
 * @throws ImageError FORMAT for what is no tar, or damaged; UNSUPPORTED for zstd in a Docker manifest
 */
export async function storeTar(file: TarFile, work: Appending): Promise<StoredLayer> {
  const { name, size } = file
  const { looks, bytes } = await sniff(file.read(work.signal))
  const packing = packingOf(looks)
  if (packing !== 'none' && isCompression(packing)) {
    assertHolds(packing, work.manifests, `decompress ${name}: it is then compressed with gzip`)
    return keep({ name, size, looks, bytes }, work)
  }
  const plain = tarOnly(decompress(bytes, packing), name)
  return storeNewLayer(plain, { name, size, ...work })
}

async function keep(
  { name, size, looks, bytes }: { name: string; size: number; looks: Looks; bytes: Bytes },
  { pool, context, signal }: Appending,
): Promise<StoredLayer> {
  let plainSize = 0
  const stored = await storeLayer(
    {
      bytes: context.watch({ name, size }, bytes),
      looks,
      note: (oddity) => context.warn({ ...oddity, where: name }),
      through: (plain) =>
        tarOnly(plain, name, (passed) => {
          plainSize += passed
        }),
    },
    pool,
    { layers: 'keep', jobs: context.jobs, signal },
  )
  return { ...stored, plainSize }
}

/** Passes the bytes of a tar on. @throws ImageError FORMAT if they are none */
async function* tarOnly(plain: Bytes, where: string, onPassed: (size: number) => void = () => {}): Bytes {
  const { looks, bytes } = await sniff(plain)
  if (looks !== 'tar') {
    const found = looks === 'unknown' ? 'something else' : looks
    throw new ImageError('FORMAT', 'the new layer is not a tar', { where, expected: 'a tar', found })
  }
  for await (const chunk of bytes) {
    onPassed(chunk.length)
    yield chunk
  }
}
