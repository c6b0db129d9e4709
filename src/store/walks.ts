import type { Budget } from '../spec/budget.js'
import type { Digest } from '../spec/digest.js'
import type { Descriptor } from '../spec/parse.js'
import type { Reader } from './blobs.js'
import { assertSame, rootOf, walkGraph } from './graph.js'
import { isPresent, type Node, type Root } from './nodes.js'

/**
 * Walks the graph below entries of an index, each content once, whichever step of a command asks. Entries of one content
 * share the nodes, whatever else they state. What the source has must not change between the walks.
 */
export class GraphWalks {
  readonly source: Reader
  readonly #budget: Pick<Budget, 'steps'> | undefined
  readonly #known = new Map<string, Promise<readonly Node[]>>()
  /** Digests of the indexes and manifests that were walked. */
  readonly #walked = new Set<string>()

  /** @param budget for indexes that many others list; without it, somebody has walked them before */
  constructor(source: Reader, budget?: Pick<Budget, 'steps'>) {
    this.source = source
    this.#budget = budget
  }

  /**
   * Returns the nodes below entries of one content. The last node is the entries' own; its descriptor may be another
   * entry's.
   * @throws as `walkGraph` does; ImageError UNSAFE if many indexes list too much to be walked for each
   */
  async nodesOf(entries: readonly Descriptor[]): Promise<readonly Node[]> {
    const [first, ...others] = entries
    if (first === undefined) return []
    const root = rootOf(first)
    const key = JSON.stringify([root.digest, root.size, root.mediaType, root.data !== undefined])
    const walk = this.#known.get(key) ?? this.#walk(first)
    this.#known.set(key, walk)
    const nodes = await walk
    for (const other of others) assertSame(root, rootOf(other))
    return nodes
  }

  /** Returns what the source has of all that the entries reach, each content once, children before their parents. */
  async presentBelow(entries: readonly Descriptor[]): Promise<Root[]> {
    const walks = new Set<readonly Node[]>()
    for (const entry of entries) walks.add(await this.nodesOf([entry]))
    const present = new Map<Digest, Root>()
    for (const nodes of walks) {
      for (const { descriptor } of nodes.filter(isPresent)) {
        const known = present.get(descriptor.digest)
        if (known === undefined) present.set(descriptor.digest, descriptor)
        else assertSame(known, descriptor)
      }
    }
    return [...present.values()]
  }

  async #walk(entry: Descriptor): Promise<readonly Node[]> {
    const nodes = await walkGraph(this.source, [entry])
    for (const node of nodes) {
      if (!('children' in node)) continue
      const { digest } = node.descriptor
      if (this.#walked.has(digest)) this.#budget?.steps.take(node.children.length)
      this.#walked.add(digest)
    }
    return nodes
  }
}
