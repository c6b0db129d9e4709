/**
 * The parts of a path in an archive, cleaned as readers do: no empty ones, no `.`, `..` taken back; a leading slash
 * means nothing. Undefined for a path that leads out of the archive.
 */
export function pathParts(path: string): string[] | undefined {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts
}
