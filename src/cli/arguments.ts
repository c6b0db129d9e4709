import { parseArgs } from 'node:util'
import type { NamedOption, NamedOptions } from '../commands/optionEntry.js'
import { GENERAL_OPTIONS } from '../commands/optionTable.js'
import { ImageError } from '../spec/errors.js'
import { checkedOption, type OptionValue, optionNamed, unknownOption } from './checkOption.js'
import type { Command, Commands, OptionValues } from './command.js'
import { nearest } from './nearest.js'

/** The request that the arguments make. */
export type Asked =
  | { kind: 'help'; topic?: string }
  | { kind: 'version' }
  | { kind: 'run'; command: Command; values: OptionValues; places: readonly string[] }

/**
 * Parses the arguments. Checks options completely; of places checks only the number.
 * @throws ImageError USAGE
 */
export function parseArguments(args: readonly string[], commands: Commands): Asked {
  const { options, plain } = split(args, commands)
  const [name, ...places] = withWholeNames(plain)
  const isHelp = options.some((option) => option.name === 'help')
  const topic = name === 'help' ? withWholeNames(places)[0] : name
  if (isHelp || name === 'help') {
    if (topic === undefined) return { kind: 'help' }
    commandOf(topic, commands)
    return { kind: 'help', topic }
  }
  if (options.some((option) => option.name === 'version')) return { kind: 'version' }
  if (name === undefined) throw noCommand(options, commands)
  const command = commandOf(name, commands)
  const known = options.map((option) => ({
    ...option,
    name: optionNamed(option.name, command.options)?.name ?? option.name,
  }))
  const given = known.map((option) => ({ name: option.name, value: checkedOption(option, command.options) }))
  assertOnce(known, command.options)
  if (places.length > command.places.length && command.repeats !== true) throw tooMany(places, name, command)
  return { kind: 'run', command, values: valuesOf(given, command.options), places }
}

/** Returns the arguments with the words of a command's name as one: `raw unpack`. */
function withWholeNames([first, second, ...others]: readonly string[]): string[] {
  const words = [first, second].filter((word) => word !== undefined)
  return first === 'raw' ? [words.join(' '), ...others] : [...words, ...others]
}

function valuesOf(given: readonly { name: string; value: OptionValue }[], options: NamedOptions): OptionValues {
  const values = Object.entries(options).map(([key, option]) => {
    const all = given.filter(({ name }) => name === option.name).map(({ value }) => value)
    return [key, option.kind === 'list' ? all : (all.at(-1) ?? valueWithout(option))] as const
  })
  // Safe: `given` has been checked to be of the option's kind.
  return Object.fromEntries(values) as OptionValues
}

/** Returns the value of an option that is not given. */
function valueWithout(option: NamedOption): OptionValue | undefined {
  if (option.kind === 'switch') return option.isNegated === true
  return option.kind === 'choice' ? option.default : undefined
}

/** Separates options from other arguments; nothing after `--` is an option. */
function split(args: readonly string[], commands: Commands) {
  const all = [...Object.values(commands).map(({ options }) => options), GENERAL_OPTIONS].flatMap(
    (options: NamedOptions) => Object.values(options),
  )
  const config = all.flatMap(({ name, also, alias, kind }) => {
    const type = kind === 'switch' ? 'boolean' : 'string'
    const short = alias === undefined ? {} : { short: alias }
    return [name, also ?? []].flat().map((one) => [one, { type, ...short }] as const)
  })
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(config),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  return {
    plain: tokens.flatMap((token) => (token.kind === 'positional' ? token.value : [])),
    options: tokens.flatMap((token) => {
      if (token.kind !== 'option') return []
      const { name, value, inlineValue: isInline = false } = token
      return { name, value, isInline, typed: args[token.index] ?? token.rawName }
    }),
  }
}

function commandOf(name: string, commands: Commands): Command {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command !== undefined) return command
  const near = nearest(name, Object.keys(commands))
  throw new ImageError('USAGE', `unknown command ${name}`, {
    hint: near === undefined ? `the commands are ${listed(commands)}` : `did you mean ${near}?`,
  })
}

function noCommand([option]: readonly { typed: string }[], commands: Commands): ImageError {
  if (option !== undefined) return unknownOption(option.typed, GENERAL_OPTIONS)
  return new ImageError('USAGE', 'the command is missing', {
    expected: listed(commands),
    hint: 'transload --help tells more',
  })
}

function listed(commands: Commands): string {
  return Object.keys(commands).join(', ')
}

/** Refuses an option that is given twice, except a list, or a switch with the same value. */
function assertOnce(given: readonly { name: string; value: string | undefined }[], options: NamedOptions): void {
  const values = new Map<string, string | undefined>()
  for (const { name, value } of given) {
    const kind = optionNamed(name, options)?.kind
    const isAgain = values.has(name) && kind !== 'list' && (kind !== 'switch' || values.get(name) !== value)
    if (isAgain) throw new ImageError('USAGE', `--${name} is given more than once`)
    values.set(name, value)
  }
}

function tooMany(given: readonly string[], name: string, { places, ifMore }: Command): ImageError {
  const more = given.slice(places.length)
  const some = more.slice(0, 2).join(', ') + (more.length > 2 ? ` and ${more.length - 2} more` : '')
  return new ImageError(
    'USAGE',
    `${more.length === 1 ? 'one argument' : `${more.length} arguments`} too many: ${some}`,
    {
      expected: ['transload', name, ...places].join(' '),
      hint: ifMore,
    },
  )
}
