import type { Sum } from '../spec/claim.js'
import type { Compression } from '../spec/compression.js'
import type { DiffID } from '../spec/digest.js'

/** A layer that is in the sink. */
export interface Layer extends Sum {
  /** The compression of the bytes in the sink, as the bytes show it. */
  compression: Compression
  diffID: DiffID
  /** The compressor, if the bytes are new. */
  compressor?: string
}
