import { parseArgs } from 'node:util'
import { ImageError } from '../spec/errors.js'
import { checkedOption, type OptionTable, unknownOption } from './checkOption.js'
import { nearest } from './nearest.js'

/** What a command takes. */
interface CommandUsage {
  options: OptionTable
  /** Its arguments, as its help names them. */
  places: readonly string[]
  /** What may help whoever gives more of them. */
  ifMore: string
}

/** Commands by all of their names. */
export type Commands = Readonly<Record<string, CommandUsage>>

/** Stands before an argument that is no option: of `-` yargs would make an empty string, of `-x.tar` an option. */
const PLAIN = '\u0000'

/** An argument that is no option, as the user wrote it. */
export function fromArgument(arg: string): string {
  return arg.startsWith(PLAIN) ? arg.slice(PLAIN.length) : arg
}

/**
 * The arguments as yargs can take them and cannot take them otherwise: the command, options with their values, and
 * then what is no option.
 * @throws ImageError USAGE
 */
export function toArguments(args: readonly string[], commands: Commands): string[] {
  const { options, plain } = split(args, commands)
  const [name, ...places] = plain
  const isHelp = options.some((option) => option.name === 'help')
  const topic = name === 'help' ? places[0] : name
  if (isHelp || name === 'help') return topic === undefined ? ['--help'] : [known(topic, commands), '--help']
  if (options.some((option) => option.name === 'version')) return ['--version']
  if (name === undefined) throw noCommand(options, commands)
  const command = commands[known(name, commands)] as CommandUsage
  const checked = options.map((option) => checkedOption(option, command.options))
  assertOnce(options, command.options)
  if (places.length > command.places.length) throw tooMany(places, name, command)
  return [name, ...checked, ...places.map((place) => PLAIN + place)]
}

/** Options and other arguments; what follows `--` is no option. */
function split(args: readonly string[], commands: Commands) {
  const table = Object.assign({}, ...Object.values(commands).map(({ options }) => options), GENERAL) as OptionTable
  const config = Object.entries(table).map(([name, { type, alias }]) => {
    const short = typeof alias === 'string' ? { short: alias } : {}
    return [name, { type: type === 'boolean' ? 'boolean' : 'string', ...short }] as const
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

const GENERAL: OptionTable = { help: { type: 'boolean', alias: 'h' }, version: { type: 'boolean', alias: 'V' } }

function known(name: string, commands: Commands): string {
  if (Object.hasOwn(commands, name)) return name
  const near = nearest(name, Object.keys(commands))
  throw new ImageError('USAGE', `unknown command ${name}`, {
    hint: near === undefined ? `the commands are ${listed(commands)}` : `did you mean ${near}?`,
  })
}

function noCommand([option]: readonly { typed: string }[], commands: Commands): ImageError {
  if (option !== undefined) return unknownOption(option.typed, GENERAL)
  return new ImageError('USAGE', 'the command is missing', {
    expected: listed(commands),
    hint: 'transload --help tells more',
  })
}

function listed(commands: Commands): string {
  return Object.keys(commands).join(', ')
}

/** What is said twice can be meant only once, but for lists; and of a switch it is the same. */
function assertOnce(options: readonly { name: string; value: string | undefined }[], table: OptionTable): void {
  const values = new Map<string, string | undefined>()
  for (const { name, value } of options) {
    const { array = false, type } = table[name] ?? {}
    const isAgain = values.has(name) && !array && (type !== 'boolean' || values.get(name) !== value)
    if (isAgain) throw new ImageError('USAGE', `--${name} is given more than once`)
    values.set(name, value)
  }
}

function tooMany(given: readonly string[], name: string, { places, ifMore }: CommandUsage): ImageError {
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
