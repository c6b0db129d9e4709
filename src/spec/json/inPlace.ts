/**
 * Returns items in the places of earlier items with the same key. The others follow in their order.
 * @param keysOf returns the keys of an item, best first
 */
export function inPlace<T>(
  items: readonly T[],
  keysOf: (item: T) => string[],
  before: ReadonlyMap<string, number>,
): T[] {
  const positionOf = (item: T) => {
    const [at] = keysOf(item).flatMap((key) => before.get(key) ?? [])
    return at ?? Number.POSITIVE_INFINITY
  }
  return items
    .map((item) => ({ item, position: positionOf(item) }))
    .sort((a, b) => (a.position === b.position ? 0 : a.position - b.position))
    .map(({ item }) => item)
}

/** Returns the places of items by all of their keys. For a repeated key the first place counts. */
export function placesOf<T>(items: readonly T[], keysOf: (item: T) => string[]): Map<string, number> {
  const places = new Map<string, number>()
  for (const [at, item] of items.entries()) {
    for (const key of keysOf(item)) if (!places.has(key)) places.set(key, at)
  }
  return places
}
