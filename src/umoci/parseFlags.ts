import { ImageError } from '../spec/errors.js'
import { type Flag, GivenFlags, isTruthValue } from './flags.js'

/** What arguments come to. */
export interface ParsedArguments {
  flags: GivenFlags
  /** The arguments from the first that is neither a flag nor its value. */
  rest: readonly string[]
}

/**
 * Parses arguments as Go's package `flag` does: flags end at the first other argument or after `--`, a switch takes a
 * value only behind `=`, and the value of another flag may begin with a dash.
 * @throws ImageError USAGE in Go's words
 */
export function parseFlags(args: readonly string[], known: readonly Flag[]): ParsedArguments {
  const values = new Map<string, string[]>()
  let at = 0
  for (let arg = args[at]; arg !== undefined && isFlagLike(arg); arg = args[at]) {
    at++
    if (arg === '--') break
    const { name, value } = nameAndValue(arg)
    const flag = flagNamed(name, known)
    if (flag === undefined) throw new ImageError('USAGE', `flag provided but not defined: -${name}`)
    const given = flag.kind === 'switch' ? switchValue(name, value) : (value ?? args[at++])
    if (given === undefined) throw new ImageError('USAGE', `flag needs an argument: -${name}`)
    values.set(name, [...(values.get(name) ?? []), given])
  }
  return { flags: new GivenFlags(underFirstNames(values, known)), rest: args.slice(at) }
}

/** Returns the flag that has this name, without dashes. */
export function flagNamed(name: string, known: readonly Flag[]): Flag | undefined {
  return known.find(({ names }) => names.includes(name))
}

function isFlagLike(arg: string): boolean {
  return arg.length > 1 && arg.startsWith('-')
}

function nameAndValue(arg: string): { name: string; value: string | undefined } {
  const text = arg.slice(arg.startsWith('--') ? 2 : 1)
  if (/^[-=]/.test(text)) throw new ImageError('USAGE', `bad flag syntax: ${arg}`)
  const end = text.indexOf('=')
  return end < 0 ? { name: text, value: undefined } : { name: text.slice(0, end), value: text.slice(end + 1) }
}

function switchValue(name: string, value = 'true'): string {
  if (isTruthValue(value)) return value
  throw new ImageError('USAGE', `invalid boolean value ${JSON.stringify(value)} for -${name}: parse error`)
}

/** Gathers each flag under its first name. Two names of one flag are an error, because their order would be lost. */
function underFirstNames(values: ReadonlyMap<string, string[]>, known: readonly Flag[]): Map<string, string[]> {
  const gathered = new Map<string, string[]>()
  for (const { names } of known) {
    const [used, second] = names.filter((name) => values.has(name))
    if (used === undefined) continue
    if (second !== undefined) {
      throw new ImageError('USAGE', `Cannot use two forms of the same flag: ${second} ${used}`)
    }
    gathered.set(names[0], values.get(used) ?? [])
  }
  return gathered
}
