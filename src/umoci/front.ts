import { ImageError } from '../spec/errors.js'
import { type Call, commandNamed, type Desk, type UmociCommand } from './command.js'
import { GROUP, TOP } from './commands.js'
import { GLOBAL, HELP } from './flagSets.js'
import type { Flag, GivenFlags } from './flags.js'
import { helpOfCommand, helpOfGroup, helpOfProgram } from './help.js'
import { levelNamed } from './log.js'
import { EXECUTABLE } from './names.js'
import { parseFlags } from './parseFlags.js'
import { reorder } from './reorder.js'

/** The means of commands, and the text about the program's version. */
export interface Means extends Omit<Desk, 'signal'> {
  versionText: string
  /** Runs work that signals stop. */
  withSignal(work: (signal: AbortSignal) => Promise<void>): Promise<void>
}

/** Commands that share the words in front of them. */
interface Family {
  path: string
  commands: readonly UmociCommand[]
}

const PROGRAM: Family = { path: EXECUTABLE, commands: TOP }

const RAW: Family = { path: `${EXECUTABLE} ${GROUP.name}`, commands: GROUP.commands }

/** Thrown for a command that is none. */
export class UnknownCommand extends ImageError {
  constructor(name: string) {
    super('USAGE', `No help topic for '${name}'`)
  }
}

/** Reads umoci's command line and runs the command that it names. @throws ImageError */
export async function runCommand(all: readonly string[], means: Means): Promise<void> {
  const { flags, args } = parse(all, { known: GLOBAL, blame: 'Incorrect Usage.', help: programHelp() }, means)
  if (flags.isOn('help')) return means.print(programHelp())
  if (flags.isOn('version')) return means.print(means.versionText)
  setUp(flags, means)
  const [name, ...others] = args
  if (name === undefined || name === '') return means.print(programHelp())
  if (isHelp(name)) return runHelp(others, means, helpOn)
  if (name === GROUP.name) return runGroup(others, means)
  return runOne({ command: find(name, PROGRAM), path: PROGRAM.path }, others, means)
}

function setUp(flags: GivenFlags, { log }: Means): void {
  if (flags.isOn('verbose') && flags.has('log')) {
    throw new ImageError('USAGE', '--log=* and --verbose are mutually exclusive')
  }
  const level = levelNamed(flags.isOn('verbose') ? 'info' : (flags.text('log') ?? 'warn'))
  if (level === undefined) throw new ImageError('USAGE', 'parsing log level: invalid level')
  log.level = level
  if (flags.has('cpu-profile')) log.warn('--cpu-profile is ignored: there is no Go program to profile')
}

function programHelp(): string {
  return helpOfProgram(TOP, GROUP)
}

function helpOn(topic: string | undefined): string {
  if (topic === undefined || isHelp(topic)) return programHelp()
  return topic === GROUP.name ? helpOfGroup(GROUP) : helpOfCommand(find(topic, PROGRAM), PROGRAM.path)
}

function helpOnRaw(topic: string | undefined): string {
  return topic === undefined || isHelp(topic) ? helpOfGroup(GROUP) : helpOfCommand(find(topic, RAW), RAW.path)
}

/** Runs the command `help`, which has no flags but its own help. */
function runHelp(all: readonly string[], means: Means, on: (topic: string | undefined) => string): void {
  const grammar = { known: [HELP], blame: 'Incorrect Usage:', help: on(undefined) }
  const { args, flags } = parse(reorder(all, grammar.known), grammar, means)
  means.print(on(flags.isOn('help') || args[0] === '' ? undefined : args[0]))
}

async function runGroup(all: readonly string[], means: Means): Promise<void> {
  const help = helpOfGroup(GROUP)
  const { flags, args } = parse(all, { known: [HELP], blame: 'Incorrect Usage.', help }, means)
  const [name, ...others] = args
  if (flags.isOn('help') || name === undefined || name === '') return means.print(help)
  if (isHelp(name)) return runHelp(others, means, helpOnRaw)
  return runOne({ command: find(name, RAW), path: RAW.path }, others, means)
}

async function runOne(
  { command, path }: { command: UmociCommand; path: string },
  all: readonly string[],
  means: Means,
) {
  const help = helpOfCommand(command, path)
  const known = [...command.flags, HELP]
  const args = command.keepsOrder === true ? all : reorder(all, known)
  const call = parse(args, { known, blame: 'Incorrect Usage:', help }, means)
  if (call.flags.isOn('help')) return means.print(help)
  assertRequired(call, { known, help }, means)
  for (const check of command.checks) check(call)
  await means.withSignal((signal) => command.run(call, { ...means, signal }))
}

function find(name: string, { commands }: Family): UmociCommand {
  const found = commandNamed(name, commands)
  if (found === undefined) throw new UnknownCommand(name)
  return found
}

function isHelp(name: string): boolean {
  return name === 'help' || name === 'h'
}

/** Parses arguments. Prints what is wrong, and the help, to standard output before it throws. */
function parse(args: readonly string[], { known, blame, help }: Grammar, { print }: Means): Call {
  try {
    const { flags, rest } = parseFlags(args, known)
    return { flags, args: rest }
  } catch (error) {
    if (error instanceof ImageError) print(`${blame} ${error.message}\n\n${help}`)
    throw error
  }
}

interface Grammar {
  known: readonly Flag[]
  /** The words in front of a mistake. */
  blame: string
  help: string
}

function assertRequired({ flags }: Call, { known, help }: Omit<Grammar, 'blame'>, { print }: Means): void {
  const missing = known.filter(({ names: [name], isRequired }) => isRequired === true && !flags.has(name))
  if (missing.length === 0) return
  print(help)
  // The last of its names that is a word.
  const names = missing.map(({ names }) => names.findLast((name) => name.length > 1)).join(', ')
  const problem = missing.length === 1 ? `Required flag "${names}" not set` : `Required flags "${names}" not set`
  throw new ImageError('USAGE', problem)
}
