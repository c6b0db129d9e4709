import type { GzipCompressor, LayerChoice } from '../spec/compression.js'

/** Options for storing layers. */
export interface LayerOptions {
  layers: LayerChoice
  /** Compression level; the algorithm's default if absent. */
  level?: number
  /** The encoder for gzip. */
  compressor?: GzipCompressor
  jobs: number
  /** Stops the work, even while a small input expands to much output. */
  signal?: AbortSignal | undefined
}

/**
 * Returns how many large layers are processed at a time. One keeps all cores busy while it is compressed; a second
 * fills the gap at its end.
 */
export function jobLimits({ layers }: LayerOptions): { mostLarge?: number } {
  return layers === 'gzip' || layers === 'zstd' ? { mostLarge: 2 } : {}
}
