// Makes the source maps of the command line small: they only have to say which line of ours a place is in, for a bug's stack.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'

const cli = new URL('../dist/cli/', import.meta.url)
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

for (const name of (await readdir(cli)).filter((file) => file.endsWith('.map'))) {
  const { sources, mappings } = JSON.parse(await readFile(new URL(name, cli), 'utf8'))
  const [path, few] = [new URL(name, cli), thinned(mappings)]
  if (few.replaceAll(';', '') === '') await rm(path)
  else await writeFile(path, JSON.stringify({ version: 3, sources, names: [], mappings: few }))
}

/** Without all segments that are of the same line of the same source as what is before them. */
function thinned(mappings) {
  // Fields: the column here; source, line and column there. Each is told as a step from its last value.
  const from = [0, 0, 0, 0]
  const to = [0, 0, 0, 0]
  const lines = mappings.split(';').map((line) => {
    from[0] = to[0] = 0
    let last
    const kept = line.split(',').flatMap((segment) => {
      for (const [field, step] of decoded(segment).slice(0, 4).entries()) from[field] += step
      const here = `${from[1]}:${from[2]}`
      if (segment === '' || here === last) return []
      last = here
      const at = [from[0], from[1], from[2], 0]
      const steps = at.map((value, field) => value - to[field])
      to.splice(0, 4, ...at)
      return [steps.map(encoded).join('')]
    })
    return kept.join(',')
  })
  return lines.join(';')
}

/** The numbers of a segment, in digits of five bits, the lowest first; the lowest bit of a number is its sign. */
function decoded(segment) {
  const numbers = []
  let [number, shift] = [0, 0]
  for (const character of segment) {
    const digit = DIGITS.indexOf(character)
    number |= (digit & 31) << shift
    shift += 5
    if (digit & 32) continue
    numbers.push(number & 1 ? -(number >> 1) : number >> 1)
    number = shift = 0
  }
  return numbers
}

function encoded(number) {
  let left = number < 0 ? (-number << 1) | 1 : number << 1
  let text = ''
  do {
    text += DIGITS[(left & 31) | (left > 31 ? 32 : 0)]
    left >>= 5
  } while (left > 0)
  return text
}
