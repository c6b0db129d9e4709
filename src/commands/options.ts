import type { Options } from '../bytes/context.js'
import type { ArchiveFormat } from '../spec/archiveFormat.js'
import type { GzipCompressor, LayerChoice } from '../spec/compression.js'

/** What is converted, and how. */
export interface ConvertOptions extends Options {
  /** Only these images: tag, full name, digest of manifest or config, or `@N`. All if absent or empty. */
  images?: readonly string[] | undefined
  /** Of multi-platform images only these platforms, `os/arch[/variant]`. All if absent or empty. */
  platforms?: readonly string[] | undefined
  /** Names of the image at the destination, replacing its own. A bare tag keeps the repository. Only with one image. */
  tags?: readonly string[] | undefined
  /** Further names. Only with one image. */
  addTags?: readonly string[] | undefined
  /** What happens to layer bytes; `keep`, which changes none, if absent. */
  layers?: LayerChoice | undefined
  /**
   * Compression level of the algorithm chosen with `layers`; its default if absent. Of gzip it is zlib's, 1 to 9, or
   * libdeflate's, 1 to 12; of zstd 1 to 22.
   */
  level?: number | undefined
  /**
   * What makes gzip: `transload`, an encoder of our own, which has no levels, and whose bytes are the same on every
   * machine; Node's `zlib`, of level 6; or the system's `libdeflate`, by the package koffi, of level 1. If absent `zlib`
   * where there is a level, else `transload`.
   */
  compressor?: GzipCompressor | undefined
  /** Leaves attestation manifests out; indexes that list them get new digests. */
  stripAttestations?: boolean | undefined
  /** Leaves out what is about an image by `subject` or its tag, but for attestations: signatures, SBOMs, and so on. */
  stripReferrers?: boolean | undefined
  /** How an archive is arranged: `oci` for `oci-archive:`, else `docker`, if absent. Not for a layout directory. */
  format?: ArchiveFormat | undefined
  /**
   * Of a stream as the destination: ends it when the archive is whole, and destroys it if that fails. If absent, a
   * WritableStream is closed, as `pipeTo` does it, and a stream of Node's is not ended: more may follow.
   */
  end?: boolean | undefined
  /** Replaces an archive file that exists. Not for a layout directory, which is always added to. */
  force?: boolean | undefined
  /** Whether a name that the layout has may go to another image, which is told; true if absent. Not for an archive. */
  replace?: boolean | undefined
  /** Of `docker-legacy`: the owner's name in tar headers, `root` in distributions' builds of Docker; empty if absent. */
  uname?: string | undefined
  /** Of `docker-legacy`: whether modes have the bits of the file's type, as up to Docker 23; true if absent. */
  typeBits?: boolean | undefined
  /** Of `docker-legacy` and `docker-25`: time zone of the daemon, which enters the v1 ids; `UTC` if absent. */
  timeZone?: string | undefined
}

/** What is looked at, and how closely. */
export interface InspectOptions extends Options {
  /** Only these images: tag, full name, digest of manifest or config, or `@N`. All if absent or empty. */
  images?: readonly string[] | undefined
  /**
   * Reads the layers too, and checks that they are what is stated; what is not stated becomes known. What is wrong is
   * told as the image's problem, and an error only if `strict`.
   */
  full?: boolean | undefined
}
