import type { Archive } from '../../archive/archive.js'
import type { Bytes } from '../../bytes/bytes.js'
import type { Layer } from '../../layer/layer.js'
import type { LayerOptions } from '../../layer/layerOptions.js'
import type { Claim } from '../../spec/claim.js'
import type { TarEntry } from '../../tar/entry.js'

/** A layer whose file was read, and its bytes. */
interface ReadLayer {
  layer: Layer
  open(start?: number): Bytes
}

/** Reads files of layers of which only their bytes tell the digest. */
export interface LayerReading {
  archive: Archive
  options: LayerOptions
  /** True if the file was read as a layer before. */
  isRead(member: TarEntry): boolean
  /** @param claim on the layer's uncompressed bytes. @throws ImageError INTEGRITY, FORMAT */
  read(member: TarEntry, claim: Claim): Promise<ReadLayer>
}
