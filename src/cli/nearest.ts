/** Returns the name that a misspelt word most likely means; undefined if none is similar. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const wanted = word.toLowerCase()
  const [best] = names
    .map((name) => ({ name, far: isStart(wanted, name) ? 0.5 : distance(wanted, name) }))
    .filter(({ far }) => far <= Math.max(1, wanted.length / 3))
    .sort((one, other) => one.far - other.far)
  return best?.name
}

function isStart(word: string, name: string): boolean {
  return word.length > 2 && name.startsWith(word)
}

/** Returns the number of letters to change, add or remove (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (const letter of one) {
    const above = row
    row = [(above[0] ?? 0) + 1]
    for (const [at, there] of [...other].entries()) {
      const change = (above[at] ?? 0) + (letter === there ? 0 : 1)
      row.push(Math.min(change, (above[at + 1] ?? 0) + 1, (row[at] ?? 0) + 1))
    }
  }
  return row.at(-1) ?? 0
}
