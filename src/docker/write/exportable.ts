import type { Digest } from '../../spec/digest.js'
import type { ImageConfig, Manifest } from '../../spec/parse.js'
import type { Root } from '../../store/nodes.js'

/** An image that `docker load` can take: one platform, with a root file system. */
export interface Exportable extends Naming {
  /** Digest of the manifest. */
  digest: Digest
  manifest: Manifest
  config: { descriptor: Root; bytes: Buffer; parsed: ImageConfig }
  /** Bottom first. There are as many as the manifest has layers, except for images with WebAssembly layers. */
  diffIDs: Digest[]
}

/** The names of an image, and the index entries that give them. */
export interface Naming {
  /** Full names, in order, each once; none for an untagged image. */
  names: string[]
  /** Digests of the entries, in the order of the names; for an untagged image, the digest of its one entry. */
  roots: string[]
}

/** Merges several namings of one image: each name once. Entries without a name are dropped if any entry has one. */
export function joined(namings: readonly Naming[]): Naming {
  const roots = new Map<string, string>()
  for (const naming of namings) {
    for (const [at, name] of naming.names.entries()) if (!roots.has(name)) roots.set(name, naming.roots[at] ?? '')
  }
  if (roots.size > 0) return { names: [...roots.keys()], roots: [...roots.values()] }
  return { names: [], roots: namings.find((naming) => naming.roots.length > 0)?.roots ?? [] }
}
