import type { Rewritten } from '../image/rewriteImage.js'
import { platformIn } from '../layer/configPlatform.js'
import type { ManifestNode } from '../layer/nodeTable.js'
import type { JSONDocument } from '../spec/documents.js'
import { type PlatformName, printPlatform } from '../spec/platform.js'

/** The digests of one platform of an image after an edit. */
export interface EditedPlatform {
  /** `os/arch` or `os/arch/variant`; null if the image states none. */
  platform: string | null
  manifest: string
  config: string
}

/** Returns the platform of a manifest: as an index lists it, or else as its config says. */
export function platformOfManifest({ descriptor }: ManifestNode, config: JSONDocument): PlatformName {
  return descriptor.platform ?? platformIn(config.config())
}

/** Returns the digests with their platforms, which are known by the manifests' old digests. */
export function editedPlatforms(
  manifests: Rewritten['manifests'],
  platforms: ReadonlyMap<string, PlatformName>,
): EditedPlatform[] {
  return manifests.map(({ from, manifest, config }) => ({
    platform: printPlatform(platforms.get(from)) ?? null,
    manifest,
    config,
  }))
}
