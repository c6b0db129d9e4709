import { hasImageConfig } from '../layer/check.js'
import { configPlatform } from '../layer/configPlatform.js'
import type { Budget } from '../spec/budget.js'
import type { Descriptor } from '../spec/parse.js'
import { printPlatform } from '../spec/platform.js'
import type { Warning } from '../spec/warnings.js'
import type { Reader } from '../store/blobs.js'
import { nameOf } from '../store/names.js'
import { isPresent } from '../store/nodes.js'
import type { GraphWalks } from '../store/walks.js'

/** One image at the destination, under one of its names. */
export interface ImageReport {
  /** Full name; null for an untagged image. */
  reference: string | null
  /** Digest of its manifest or index. */
  digest: string
  /** Digest of its config, the image ID; null for an index. */
  config: string | null
  /** `os/arch` or `os/arch/variant`; null for an index. */
  platform: string | null
  mediaType: string
  /** Bytes of all its blobs at the destination, each counted once. */
  size: number
  /** Digest of the manifest or index it had in the source; null where it had none. */
  from: string | null
  /** The children of an index. */
  manifests?: { digest: string; mediaType: string; platform: string | null; size: number }[]
}

/** The result of a conversion. */
export interface Conversion {
  images: ImageReport[]
  warnings: Warning[]
  /**
   * The compressor of the layers, `transload`, `libdeflate`, or `zlib` or `zstd` with its version; null if no layer
   * was compressed.
   */
  compressor: string | null
  /** Bytes of the source's content that were read. */
  bytesRead: number
  /** Bytes that were written, including content that turned out to exist already. */
  bytesWritten: number
}

/** Approximate size of a manifest in the report, in bytes of JSON. */
const SHOWN = 250

/** Describes index entries by the content that they reach. Content with several names is read once. */
export async function reportsOf(
  entries: readonly { entry: Descriptor; from: string | null }[],
  { walks, repository, budget }: { walks: GraphWalks; repository: string | undefined; budget: Budget },
): Promise<ImageReport[]> {
  const contents = new Map<string, Content>()
  const platforms = new Map<string, Promise<string | null>>()
  const reports: ImageReport[] = []
  for (const { entry, from } of entries) {
    const { digest, mediaType } = entry
    const content = contents.get(digest) ?? (await contentOf(entry, { walks, platforms }))
    contents.set(digest, content)
    const { config, platform, size, ...listed } = content
    budget.descriptions.take(SHOWN * (1 + (listed.manifests?.length ?? 0)))
    reports.push({
      reference: nameOf(entry, repository) ?? null,
      digest,
      config,
      platform,
      mediaType,
      size,
      from,
      ...listed,
    })
  }
  return reports
}

type Content = Pick<ImageReport, 'config' | 'platform' | 'size' | 'manifests'>

/** The contents, and the platforms of configs that were read: many manifests may name one config. */
interface Lookup {
  walks: GraphWalks
  platforms: Map<string, Promise<string | null>>
}

async function contentOf(entry: Descriptor, { walks, platforms }: Lookup): Promise<Content> {
  const nodes = await walks.nodesOf([entry])
  const present = nodes.filter(isPresent)
  const root = nodes.find(({ descriptor }) => descriptor.digest === entry.digest)
  const isImage = root?.kind === 'manifest'
  const hasPlatform = isImage && hasImageConfig(root.document)
  const platform = hasPlatform
    ? (platforms.get(root.document.config.digest) ?? platformOf(root.document, walks.source))
    : Promise.resolve(null)
  if (hasPlatform) platforms.set(root.document.config.digest, platform)
  return {
    config: isImage ? root.document.config.digest : null,
    platform: await platform,
    size: present.reduce((total, { descriptor }) => total + descriptor.size, 0),
    ...(root?.kind === 'index' ? { manifests: root.children.map(listed) } : {}),
  }
}

async function platformOf(manifest: { config: Descriptor }, source: Reader): Promise<string | null> {
  return printPlatform(await configPlatform(manifest, source)) ?? null
}

function listed({ digest, mediaType, platform, size }: Descriptor) {
  return { digest, mediaType, platform: printPlatform(platform) ?? null, size }
}
