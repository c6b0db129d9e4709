import type { BrokenItem } from '../docker/read/manifestJSON.js'
import { isImage } from '../layer/check.js'
import type { Manifest } from '../spec/parse.js'
import type { Node } from '../store/graph.js'
import { claimedDigest } from '../store/layout/layoutFiles.js'
import { type IndexedImage, namesOf } from './listed.js'

/** Manifests that an index reaches and that are not images, found by their files. */
export class OtherManifests {
  /** Names of the entries that reach a manifest, by its files. */
  readonly #names = new Map<string, Set<string>>()

  /** @param images the images of an index, by the nodes that they share */
  constructor(images: ReadonlyMap<readonly Node[], readonly IndexedImage[]>) {
    for (const [nodes, sharing] of images) {
      for (const node of nodes) {
        if (node.kind !== 'manifest' || isImage(node.document)) continue
        const key = filesOf(node.document)
        const names = this.#names.get(key) ?? new Set()
        for (const name of sharing.flatMap(namesOf)) names.add(name)
        this.#names.set(key, names)
      }
    }
  }

  /** Returns the names that the index has for a manifest with exactly the files of the item; undefined if there is none. */
  namesFor({ label, layers }: BrokenItem): ReadonlySet<string> | undefined {
    const digests = [label, ...layers].map(claimedDigest)
    return digests.includes(undefined) ? undefined : this.#names.get(JSON.stringify(digests))
  }
}

function filesOf({ config, layers }: Manifest): string {
  return JSON.stringify([config, ...layers].map(({ digest }) => digest))
}
