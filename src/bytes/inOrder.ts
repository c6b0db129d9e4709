/** What is done with items, and how. */
interface Work<T, R> {
  work: (item: T) => Promise<R>
  /** The largest is begun first, so that in the end none has to be waited for alone; as they come, if absent. */
  sizeOf?: (item: T) => number
}

/**
 * Does `work` on every item, at most `jobs` at a time; results in the order of the items. After a failure nothing new
 * is started, what runs is waited for, and the first error is thrown.
 */
export async function inOrder<T, R>(
  items: readonly T[],
  jobs: number,
  { work, sizeOf = () => 0 }: Work<T, R>,
): Promise<R[]> {
  const results: R[] = []
  const failures: unknown[] = []
  const queue = [...items.entries()].sort(([, a], [, b]) => sizeOf(b) - sizeOf(a)).values()
  const lane = async () => {
    for (const [at, item] of queue) {
      if (failures.length > 0) return
      try {
        results[at] = await work(item)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, items.length)) }, lane))
  if (failures.length > 0) throw failures[0]
  return results
}
