import type { Machine } from './machine.js'

/** A config in containerd's content store. */
interface StoredConfig {
  digest: string
  /** `os/architecture`. */
  platform: string
  diffIDs: string[]
  config: Record<string, unknown>
}

/** What containerd keeps by digest. */
export interface Content {
  /** The configs of a manifest, or of all manifests of an index that are there. */
  configsOf(digest: string): Promise<StoredConfig[]>
}

/** A manifest or an index. */
interface Document {
  manifests?: { digest: string }[]
  config?: { digest: string }
}

/** Reads the content store of a containerd. */
export function openContent(machine: Machine, address: string, namespace: string): Content {
  const get = async (digest: string) =>
    JSON.parse(await machine.run('ctr', '-a', address, '-n', namespace, 'content', 'get', digest))

  const configsOf = async (digest: string): Promise<StoredConfig[]> => {
    const { manifests, config }: Document = await get(digest)
    if (manifests !== undefined) {
      const lists = await Promise.all(manifests.map((child) => configsOf(child.digest).catch(() => [])))
      return lists.flat()
    }
    if (config === undefined) return []
    const stated = await get(config.digest)
    const platform = `${stated.os}/${stated.architecture}`
    return [{ digest: config.digest, platform, diffIDs: stated.rootfs.diff_ids ?? [], config: stated.config ?? {} }]
  }
  return { configsOf }
}
