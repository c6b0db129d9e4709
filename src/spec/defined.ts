/** Returns the fields that are not undefined. */
export function defined<T>(fields: Readonly<Record<string, T | undefined>>): Record<string, T> {
  const entries = Object.entries(fields)
  return Object.fromEntries(entries.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))
}
