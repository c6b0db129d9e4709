import type { BrokenItem } from '../docker/read/item.js'
import { isImage } from '../layer/check.js'
import type { Budget } from '../spec/budget.js'
import { isWasmLayer } from '../spec/mediaTypes.js'
import type { Manifest } from '../spec/parse.js'
import { claimedDigest } from '../store/layout/layoutNames.js'
import type { Node } from '../store/nodes.js'
import { type IndexedImage, namesOf } from './listed.js'

/** Manifests that an index reaches and whose configs need not name their layers, found by their files. */
export class OtherManifests {
  readonly #budget: Pick<Budget, 'steps'>
  /** The names of each content that reaches a manifest, by the manifest's files. */
  readonly #names = new Map<string, ReadonlySet<string>[]>()

  /** @param images the images of an index, by the nodes that they share */
  constructor(images: ReadonlyMap<readonly Node[], readonly IndexedImage[]>, budget: Pick<Budget, 'steps'>) {
    this.#budget = budget
    for (const [nodes, sharing] of images) {
      const names = new Set(sharing.flatMap(namesOf))
      for (const node of nodes) if (node.kind === 'manifest' && isOther(node.document)) this.#add(node.document, names)
    }
  }

  /**
   * Returns the names of the item that the index lacks for the manifest with exactly the item's files; undefined if there
   * is no such manifest.
   */
  namesBeside({ names, label, layers }: BrokenItem): string[] | undefined {
    const digests = [label, ...layers].map(claimedDigest)
    const known = digests.includes(undefined) ? undefined : this.#names.get(JSON.stringify(digests))
    if (known === undefined) return undefined
    this.#budget.steps.take(known.length * names.length)
    return names.filter((name) => !known.some((those) => those.has(name)))
  }

  #add({ config, layers }: Manifest, names: ReadonlySet<string>): void {
    const key = JSON.stringify([config, ...layers].map(({ digest }) => digest))
    const known = this.#names.get(key)
    if (known === undefined) this.#names.set(key, [names])
    else known.push(names)
  }
}

/** True if a manifest lists something else than layers of a root file system: an artifact, or WebAssembly. */
export function isOther(manifest: Manifest): boolean {
  return !isImage(manifest) || manifest.layers.some(({ mediaType }) => isWasmLayer(mediaType))
}
