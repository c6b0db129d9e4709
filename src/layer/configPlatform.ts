import type { ImageConfig, Manifest } from '../spec/parse.js'
import type { PlatformName } from '../spec/platform.js'
import type { Reader } from '../store/graph.js'
import { readImageConfig } from './imageConfig.js'

/** The platform of a manifest's image, as its config states it. */
export async function configPlatform(manifest: Pick<Manifest, 'config'>, source: Reader): Promise<PlatformName> {
  return platformIn((await readImageConfig(manifest, source))?.config() ?? {})
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
