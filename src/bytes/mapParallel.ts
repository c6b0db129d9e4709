import { CHUNK } from './bytes.js'

/** The work on items, and in which order it starts. */
interface Mapping<T, R> {
  work: (item: T) => Promise<R>
  /**
   * Returns a size in bytes. The largest item is begun first, so that none is left alone at the end. The default order
   * is the items' own.
   */
  sizeOf?: (item: T) => number
  /** Maximum number of large items at a time, since each takes memory; the default is the number of jobs. */
  mostLarge?: number
}

/** Minimum size of a large item in bytes. */
const LARGE = 4 * CHUNK

/**
 * Runs `work` on every item, at most `jobs` at a time. Returns the results in the order of the items. After a failure
 * no item is started, running ones are awaited, and the first error is thrown.
 */
export async function mapParallel<T, R>(
  items: readonly T[],
  jobs: number,
  { work, sizeOf = () => 0, mostLarge = jobs }: Mapping<T, R>,
): Promise<R[]> {
  const results: R[] = []
  const failures: unknown[] = []
  const sorted = [...items.entries()].sort(([, a], [, b]) => sizeOf(b) - sizeOf(a))
  const countLarge = sorted.filter(([, item]) => sizeOf(item) >= LARGE).length
  const [large, small] = [sorted.slice(0, countLarge).values(), sorted.slice(countLarge).values()]
  const take = async (queue: Iterable<[number, T]>) => {
    for (const [at, item] of queue) {
      if (failures.length > 0) return
      try {
        results[at] = await work(item)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  const lane = async (_: unknown, at: number) => {
    if (at === 0 || at < mostLarge) await take(large)
    await take(small)
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, items.length)) }, lane))
  if (failures.length > 0) throw failures[0]
  return results
}
