import type { NamedOption, NamedOptions } from '../commands/optionEntry.js'
import { ImageError } from '../spec/errors.js'
import { nearest } from './nearest.js'

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

/** What an option is given. */
export type OptionValue = string | number | boolean

/**
 * The value of the option, as the library takes it; of a list, one of its texts.
 * @throws ImageError USAGE unless the command has it and its value is one
 */
export function checkedOption({ name, typed, value, isInline }: TypedOption, options: NamedOptions): OptionValue {
  const option = optionNamed(name, options)
  if (option === undefined) throw unknownOption(typed, options)
  if (option.kind === 'switch') return checkedFlag(name, value) !== (option.isNegated === true)
  // What looks like an option is one, unless it is a number.
  const isMissing = value === undefined || (!isInline && /^-[^\d]/.test(value))
  if (isMissing || (value === '' && option.kind !== 'text')) throw missingValue(name, value)
  const words = wordsOf(option)
  if (words?.includes(value) === false) throw unfit(name, words.join(', '), value)
  if (option.kind === 'onOff') return value === 'on'
  if (option.kind !== 'wholeNumber') return value
  if (!/^-?\d+(\.\d+)?$/.test(value)) throw unfit(name, 'a whole number', value)
  return Number(value)
}

/** The option of this name; undefined if there is none. */
export function optionNamed(name: string, options: NamedOptions): NamedOption | undefined {
  return Object.values(options).find((option) => option.name === name)
}

/** The words that an option can be set to; undefined if it is not set to one of some. */
export function wordsOf(option: NamedOption): readonly string[] | undefined {
  if (option.kind === 'onOff') return ['on', 'off']
  return option.kind === 'choice' ? option.values : undefined
}

/** The refusal of an option that the command does not have, with the one that may be meant. */
export function unknownOption(typed: string, options: NamedOptions): ImageError {
  const name = typed.replace(/^-+/, '').replace(/=.*$/s, '')
  const names = Object.values(options).map((option) => option.name)
  const near = nearest(name, names)
  const [, advice] = HABITS.find(([habits]) => habits.includes(name)) ?? []
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
