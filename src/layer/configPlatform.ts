import type { Descriptor, ImageConfig } from '../spec/parse.js'
import type { PlatformName } from '../spec/platform.js'
import { type Reader, readDocument } from '../store/graph.js'

/** The platform of a manifest's image, as its config states it. */
export async function configPlatform({ config }: { config: Descriptor }, source: Reader): Promise<PlatformName> {
  return platformIn((await readDocument(source, config)).config())
}

/** The platform that a config states; empty texts for what it does not. */
export function platformIn({ os, architecture, variant, ...config }: ImageConfig): PlatformName {
  const { 'os.version': version, 'os.features': features } = config
  return {
    os: os ?? '',
    architecture: architecture ?? '',
    ...(variant == null ? {} : { variant }),
    ...(version == null ? {} : { 'os.version': version }),
    ...(features == null ? {} : { 'os.features': features.filter((feature) => feature !== null) }),
  }
}
