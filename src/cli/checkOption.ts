import type { Options } from 'yargs'
import { ImageError } from '../spec/errors.js'
import { nearest } from './nearest.js'

/** The options of a command, by their names without dashes. */
export type OptionTable = Readonly<Record<string, Options>>

/** An option as it was typed. */
export interface TypedOption {
  /** Its long name without dashes. */
  name: string
  /** The whole argument, without a value that stands apart. */
  typed: string
  value: string | undefined
  /** Whether the value follows a `=`. */
  isInline: boolean
}

/** What an option is given, or has by default. */
export type OptionValue = string | number | boolean

/**
 * The value of the option.
 * @throws ImageError USAGE unless the command has it and its value is one
 */
export function checkedOption({ name, typed, value, isInline }: TypedOption, table: OptionTable): OptionValue {
  const option = Object.hasOwn(table, name) ? table[name] : undefined
  if (option === undefined) throw unknownOption(typed, table)
  if (option.type === 'boolean') return checkedFlag(name, value)
  // What looks like an option is one, unless it is a number.
  const isMissing = value === undefined || (!isInline && /^-[^\d]/.test(value))
  const isText = option.type === 'string' && option.array !== true
  if (isMissing || (value === '' && !isText)) throw missingValue(name, value)
  if (option.choices?.includes(value) === false) throw unfit(name, option.choices.join(', '), value)
  if (option.type === 'number' && !/^-?\d+(\.\d+)?$/.test(value)) {
    throw unfit(name, 'a whole number', value)
  }
  return option.type === 'number' ? Number(value) : value
}

/** The refusal of an option that the command does not have, with the one that may be meant. */
export function unknownOption(typed: string, table: OptionTable): ImageError {
  const name = typed.replace(/^-+/, '').replace(/=.*$/s, '')
  const near = nearest(name, Object.keys(table))
  const [, advice] = HABITS.find(([names]) => names.includes(name)) ?? []
  const hint = advice ?? (near === undefined ? adviceOn(typed) : `did you mean --${near}?`)
  return new ImageError('USAGE', `unknown option ${typed.replace(/=.*$/s, '')}`, { hint })
}

function adviceOn(typed: string): string {
  const isPath = /^-[^-]./.test(typed)
  return isPath ? `a path that starts with a dash is written ./${typed}, or after --` : '--help lists the options'
}

/** Options of other tools, and what is done here instead. */
const HABITS: readonly (readonly [names: readonly string[], advice: string])[] = [
  [['all', 'multi-arch', 'a'], 'all images and platforms are copied unless --image or --platform choose some'],
  [['dest-compress', 'dest-compress-format', 'compression-format', 'compress'], 'use --layers gzip or --layers zstd'],
  [['dest-compress-level', 'compression-level'], 'use --level with --layers gzip or --layers zstd'],
  [['additional-tag'], 'use --add-tag'],
  [['arch', 'os', 'override-arch', 'override-os', 'override-variant'], 'use --platform os/arch[/variant]'],
  [['digestfile'], 'use --json, which prints the digests'],
  [['o', 'output', 'i', 'input'], 'the places are arguments: transload convert SOURCE DESTINATION'],
]

function checkedFlag(name: string, value: string | undefined): boolean {
  if (value === undefined || value === 'true') return true
  if (value === 'false') return false
  throw new ImageError('USAGE', `--${name} takes no value`, { found: value })
}

function missingValue(name: string, found: string | undefined): ImageError {
  const next = found === undefined || found === '' ? {} : { found }
  return new ImageError('USAGE', `--${name} needs a value`, next)
}

function unfit(name: string, expected: string, found: string): ImageError {
  return new ImageError('USAGE', `--${name}`, { expected, found })
}
