import type { Options } from '../bytes/context.js'
import type { ArchiveFormat } from '../spec/archiveFormat.js'
import type { GzipCompressor, LayerChoice } from '../spec/compression.js'

/** The images to convert, and how. */
export interface ConvertOptions extends Options {
  /** Only these images: tag, full name, digest of manifest or config, or `@N`. All if absent or empty. */
  images?: readonly string[] | undefined
  /** Copies only these platforms of multi-platform images, `os/arch[/variant]`. All if absent or empty. */
  platforms?: readonly string[] | undefined
  /** Names of the image at the destination, replacing its own. A bare tag keeps the repository. Only with one image. */
  tags?: readonly string[] | undefined
  /** Further names of the image at the destination. Only with one image. */
  addTags?: readonly string[] | undefined
  /** The compression of layers; the default `keep` changes no byte. */
  layers?: LayerChoice | undefined
  /**
   * Compression level of the algorithm chosen with `layers`; its default if absent. For gzip 1 to 9 with zlib, and 1 to
   * 12 with libdeflate; for zstd 1 to 22.
   */
  level?: number | undefined
  /**
   * The encoder for gzip: `transload`, an encoder of our own without levels, whose bytes are the same on every machine;
   * Node's `zlib`, level 6 by default; or the system's `libdeflate`, through the package koffi, level 1 by default. If
   * absent, `zlib` with a level, else `transload`.
   */
  compressor?: GzipCompressor | undefined
  /** Leaves attestation manifests out; indexes that list them get new digests. */
  stripAttestations?: boolean | undefined
  /**
   * Leaves out content that is about an image by `subject` or by its tag, such as signatures and SBOMs; not
   * attestations.
   */
  stripReferrers?: boolean | undefined
  /** The format of an archive: by default `oci` for `oci-archive:`, else `docker`. Not for a layout directory. */
  format?: ArchiveFormat | undefined
  /**
   * For a stream as the destination: ends it when the archive is whole, and destroys it on failure. If absent, a
   * WritableStream is closed, as by `pipeTo`, and a Node stream is not ended, so that more may follow.
   */
  end?: boolean | undefined
  /** Replaces an archive file that exists. Not for a layout directory, which is always added to. */
  force?: boolean | undefined
  /** Lets a name that the layout has move to another image, with a warning; default true. Not for an archive. */
  replace?: boolean | undefined
  /**
   * For `docker-legacy`: the owner's name in tar headers, `root` in distributions' builds of Docker; empty if absent.
   */
  uname?: string | undefined
  /** For `docker-legacy`: true if modes include the bits of the file type, as up to Docker 23; default true. */
  typeBits?: boolean | undefined
  /** For `docker-legacy` and `docker-25`: time zone of the daemon, on which the v1 ids depend; `UTC` if absent. */
  timeZone?: string | undefined
}

/** The images to inspect, and how closely. */
export interface InspectOptions extends Options {
  /** Only these images: tag, full name, digest of manifest or config, or `@N`. All if absent or empty. */
  images?: readonly string[] | undefined
  /**
   * Also reads the layers, and checks them against the documents; fills in values that no document states. Faults are
   * reported as the image's problem, and are errors only if `strict`.
   */
  full?: boolean | undefined
}
