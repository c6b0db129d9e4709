import type { ImageConfig, Manifest } from '../spec/parse.js'
import type { PlatformName } from '../spec/platform.js'
import type { Reader } from '../store/blobs.js'
import { readImageConfig } from './imageConfig.js'

/** Returns the platform that the config of a manifest's image states. */
export async function configPlatform(manifest: Pick<Manifest, 'config'>, source: Reader): Promise<PlatformName> {
  return platformIn((await readImageConfig(manifest, source))?.config() ?? {})
}

/** Returns the platform that a config states; empty texts for missing fields. */
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
