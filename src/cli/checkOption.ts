import type { NamedOption, NamedOptions } from '../commands/optionEntry.js'
import { ImageError } from '../spec/errors.js'
import { nearest } from './nearest.js'

/** An option as it was typed. */
export interface TypedOption {
  /** Its long name without dashes. */
  name: string
  /** The argument as typed, without a value in the next argument. */
  typed: string
  value: string | undefined
  /** True if the value follows a `=`. */
  isInline: boolean
}

/** The value of an option. */
export type OptionValue = string | number | boolean

/**
 * Returns the option's value as the library takes it; for a list, one of its texts.
 * @throws ImageError USAGE unless the command has the option and the value fits
 */
export function checkedOption({ name, typed, value, isInline }: TypedOption, options: NamedOptions): OptionValue {
  const option = optionNamed(name, options)
  if (option === undefined) throw unknownOption(typed, options)
  if (option.kind === 'switch') return checkedFlag(name, value) !== (option.isNegated === true)
  // A value that looks like an option is one, unless it is a number.
  const isOption = !isInline && option.takesDash !== true && /^-[^\d]/.test(value ?? '')
  if (value === undefined || isOption || (value === '' && !mayBeEmpty(option))) throw missingValue(name, value)
  const words = wordsOf(option)
  if (words?.includes(value) === false) throw unfit(name, words.join(', '), value)
  if (option.kind === 'onOff') return value === 'on'
  if (option.kind !== 'wholeNumber') return value
  if (!/^-?\d+(\.\d+)?$/.test(value)) throw unfit(name, 'a whole number', value)
  return Number(value)
}

/** Returns the option of this name; undefined if there is none. */
export function optionNamed(name: string, options: NamedOptions): NamedOption | undefined {
  return Object.values(options).find((option) => option.name === name || option.also === name)
}

function mayBeEmpty({ kind, takesDash }: NamedOption): boolean {
  return kind === 'text' || takesDash === true
}

/** Returns the words that the option accepts; undefined if it accepts others. */
export function wordsOf(option: NamedOption): readonly string[] | undefined {
  if (option.kind === 'onOff') return ['on', 'off']
  return option.kind === 'choice' ? option.values : undefined
}

/** Returns the error for an option that the command does not have; suggests a similar one. */
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

/** Options of other tools, and advice on what to use here. */
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
