import { algorithmOf, type Digest, hexOf } from '../spec/digest.js'

/** Name of the runtime's configuration in a bundle (OCI runtime-spec, bundle.md). */
export const RUNTIME_CONFIG_FILE = 'config.json'

/** Name of the container's file system in a bundle. */
export const ROOTFS_DIRECTORY = 'rootfs'

/** Name of the record of what a bundle was unpacked from. */
export const UMOCI_FILE = 'umoci.json'

/** Returns the name of the list of what was unpacked, after the digest of the image's manifest. */
export function mtreeFile(manifest: Digest): string {
  return `${algorithmOf(manifest)}_${hexOf(manifest)}.mtree`
}
