import type { Descriptor } from '../spec/parse.js'
import { assertSame, type Node, type Reader, rootOf, walkGraph } from '../store/graph.js'

/** Walks what entries of an index reach; entries of one content share the nodes, whatever else they say. */
export class Walks {
  readonly #source: Reader
  readonly #known = new Map<string, Promise<readonly Node[]>>()

  constructor(source: Reader) {
    this.#source = source
  }

  /**
   * What entries of one content reach. In the last node, their own, the descriptor may be that of another entry.
   * @throws as `walkGraph` does
   */
  async nodesOf(entries: readonly Descriptor[]): Promise<readonly Node[]> {
    const [first, ...others] = entries
    if (first === undefined) return []
    const root = rootOf(first)
    const key = JSON.stringify([root.digest, root.size, root.mediaType, root.data !== undefined])
    const walk = this.#known.get(key) ?? walkGraph(this.#source, [first])
    this.#known.set(key, walk)
    const nodes = await walk
    for (const other of others) assertSame(root, rootOf(other))
    return nodes
  }
}
