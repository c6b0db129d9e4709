import { hasImageConfig } from '../layer/check.js'
import { configPlatform } from '../layer/configPlatform.js'
import type { Budget } from '../spec/budget.js'
import type { Descriptor } from '../spec/parse.js'
import { printPlatform } from '../spec/platform.js'
import type { Warning } from '../spec/warnings.js'
import { isPresent, type Reader, walkGraph } from '../store/graph.js'
import { nameOf } from '../store/names.js'

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
  /** What an index lists. */
  manifests?: { digest: string; mediaType: string; platform: string | null; size: number }[]
}

/** What a conversion did. */
export interface Conversion {
  images: ImageReport[]
  warnings: Warning[]
  /** What compressed layers, if any was: `transload`, `libdeflate`, or `zlib` or `zstd` with its version. */
  compressor: string | null
  /** Bytes that were read of the source's content. */
  bytesRead: number
  /** Bytes that were written, also of what turned out to be there already. */
  bytesWritten: number
}

/** About as much as is told of each manifest, in bytes of JSON. */
const SHOWN = 250

/** Describes index entries by what they reach; what several names stand for is looked at once. */
export async function reportsOf(
  entries: readonly { entry: Descriptor; from: string | null }[],
  { source, repository, budget }: { source: Reader; repository: string | undefined; budget: Budget },
): Promise<ImageReport[]> {
  const contents = new Map<string, Content>()
  const platforms = new Map<string, Promise<string | null>>()
  const reports: ImageReport[] = []
  for (const { entry, from } of entries) {
    const { digest, mediaType } = entry
    const content = contents.get(digest) ?? (await contentOf(entry, { source, platforms }))
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

/** Where contents are looked up, and the platforms of configs that were: many manifests may name one. */
interface Lookup {
  source: Reader
  platforms: Map<string, Promise<string | null>>
}

async function contentOf(entry: Descriptor, { source, platforms }: Lookup): Promise<Content> {
  const nodes = await walkGraph(source, [entry])
  const present = nodes.filter(isPresent)
  const root = nodes.find(({ descriptor }) => descriptor.digest === entry.digest)
  const isImage = root?.kind === 'manifest'
  const hasPlatform = isImage && hasImageConfig(root.document)
  const platform = hasPlatform
    ? (platforms.get(root.document.config.digest) ?? platformOf(root.document, source))
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
