import type { Budget } from '../spec/budget.js'
import type { Descriptor } from '../spec/parse.js'
import { assertSame, type Node, type Reader, rootOf, walkGraph } from '../store/graph.js'

/** Walks the graph below entries of an index. Entries of one content share the nodes, whatever else they state. */
export class GraphWalks {
  readonly #source: Reader
  readonly #budget: Pick<Budget, 'steps'>
  readonly #known = new Map<string, Promise<readonly Node[]>>()
  /** Digests of the indexes and manifests that were walked. */
  readonly #walked = new Set<string>()

  constructor(source: Reader, budget: Pick<Budget, 'steps'>) {
    this.#source = source
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
  async #walk(entry: Descriptor): Promise<readonly Node[]> {
    const nodes = await walkGraph(this.#source, [entry])
    for (const node of nodes) {
      if (!('children' in node)) continue
      const { digest } = node.descriptor
      if (this.#walked.has(digest)) this.#budget.steps.take(node.children.length)
      this.#walked.add(digest)
    }
    return nodes
  }
}
