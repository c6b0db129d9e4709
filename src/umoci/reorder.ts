import type { Flag } from './flags.js'
import { flagNamed } from './parseFlags.js'

/**
 * Moves flags in front of the other arguments, because Go's parser stops at the first of these. An argument behind a
 * flag without `=` moves along, even behind a switch: what urfave/cli does, and scripts rely on it. Nothing behind `--`
 * moves.
 */
export function reorder(args: readonly string[], known: readonly Flag[]): string[] {
  const moved: string[] = []
  const others: string[] = []
  let mayBeValue = false
  for (const [at, arg] of args.entries()) {
    const isFlag = isKnown(arg, known)
    if (mayBeValue && !isFlag) {
      mayBeValue = false
      moved.push(arg)
    } else if (arg === '--') {
      return [...moved, '--', ...others, ...args.slice(at + 1)]
    } else if (isFlag) {
      mayBeValue = !arg.includes('=')
      moved.push(arg)
    } else {
      others.push(arg)
    }
  }
  return [...moved, ...others]
}

function isKnown(arg: string, known: readonly Flag[]): boolean {
  const [, name] = /^--?([^=]*)/.exec(arg) ?? []
  return name !== undefined && name !== '' && flagNamed(name, known) !== undefined
}
