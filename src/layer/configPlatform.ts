import { type Descriptor, type ImageConfig, parseImageConfig } from '../spec/parse.js'
import type { PlatformName } from '../spec/platform.js'
import type { BlobSource } from '../store/blobs.js'
import { readDocument } from '../store/graph.js'

/** The platform of a manifest's image, as its config states it. */
export async function configPlatform(
  { config }: { config: Descriptor },
  source: Pick<BlobSource, 'has' | 'open'>,
): Promise<PlatformName> {
  return platformIn(parseImageConfig(await readDocument(source, config), config.digest))
}

/** The platform that a config states; empty texts for what it does not. */
export function platformIn({ os, architecture, variant }: ImageConfig): PlatformName {
  return { os: os ?? '', architecture: architecture ?? '', ...(variant == null ? {} : { variant }) }
}
