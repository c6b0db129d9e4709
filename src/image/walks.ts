import type { Budget } from '../spec/budget.js'
import type { Descriptor } from '../spec/parse.js'
import { assertSame, type Node, type Reader, rootOf, walkGraph } from '../store/graph.js'

/** Walks what entries of an index reach; entries of one content share the nodes, whatever else they say. */
export class GraphWalks {
  readonly #source: Reader
  readonly #budget: Pick<Budget, 'steps'>
  readonly #known = new Map<string, Promise<readonly Node[]>>()
  /** Digests of documents that name others and were walked through. */
  readonly #walked = new Set<string>()

  constructor(source: Reader, budget: Pick<Budget, 'steps'>) {
    this.#source = source
    this.#budget = budget
  }

  /**
   * What entries of one content reach. In the last node, their own, the descriptor may be that of another entry.
   * @throws as `walkGraph` does; ImageError UNSAFE if what many indexes list is too much to be gone through for each
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
