import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LoadedImage } from './engine.js'

/** What a layout says of an image that engines should have. */
export interface ExpectedImage extends LoadedImage {
  /** Digest of what its index entry points at. */
  digest: string
  /** Full names, sorted. */
  names: string[]
  /** `os/architecture`. */
  platform: string
  /** Media types of its layers. */
  layerTypes: string[]
}

/** What is looked at of an index, a manifest, or an entry of one. */
interface Descriptor {
  mediaType: string
  digest: string
  platform?: { os: string; architecture: string }
}

interface Document {
  manifests?: Descriptor[]
  config: Descriptor
  layers: Descriptor[]
}

/** What an engine on Linux on this processor runs. */
export const PLATFORM = `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`

/** Images of a layout by digest and full name; of several platforms this machine's, or else the first one. */
export async function expectedImages(
  layout: string,
  entries: readonly { digest: string; name: string | null }[],
): Promise<ExpectedImage[]> {
  const images = new Map<string, ExpectedImage>()
  for (const { digest, name } of entries) {
    const image = images.get(digest) ?? (await expectedImage(layout, digest))
    images.set(digest, { ...image, names: [...image.names, ...(name === null ? [] : [name])].sort() })
  }
  return [...images.values()]
}

async function expectedImage(layout: string, digest: string): Promise<ExpectedImage> {
  const blob = async (of: string) => JSON.parse(await readFile(join(layout, 'blobs', of.replace(':', '/')), 'utf8'))
  const document: Document = await blob(digest)
  if (document.manifests !== undefined) {
    const real = document.manifests.filter(({ platform }) => platform?.os !== 'unknown')
    const chosen = real.find(({ platform }) => platformText(platform) === PLATFORM) ?? real[0]
    if (chosen === undefined) throw new Error(`nothing in ${digest}`)
    return { ...(await expectedImage(layout, chosen.digest)), digest }
  }
  const config = await blob(document.config.digest)
  return {
    digest,
    id: document.config.digest,
    names: [],
    layers: config.rootfs.diff_ids ?? [],
    layerTypes: document.layers.map(({ mediaType }) => mediaType),
    platform: platformText(config),
    config: config.config ?? {},
  }
}

function platformText(platform: { os: string; architecture: string } | undefined): string {
  return `${platform?.os}/${platform?.architecture}`
}
