import type { Warning } from '../spec/warnings.js'
import type { Flag, GivenFlags } from './flags.js'
import type { Library } from './library.js'
import type { Log } from './log.js'

/** One call of a command. */
export interface Call {
  flags: GivenFlags
  /** The arguments that are no flags. */
  args: readonly string[]
}

/** The means by which a command works, speaks, and is stopped. */
export interface Desk {
  log: Log
  library: Library
  /** Writes to standard output. */
  print(text: string): void
  /** Stops the work. */
  signal: AbortSignal
  /** Tells of an oddity. */
  onWarning(warning: Warning): void
}

/** A command of umoci. */
export interface UmociCommand {
  readonly name: string
  readonly aliases?: readonly string[]
  /** One line for lists of commands. */
  readonly usage: string
  /** Arguments and flags as the help shows them. */
  readonly syntax: string
  /** Paragraphs of the help. */
  readonly about: string
  readonly category: 'image' | 'layout' | 'devtools'
  readonly isHidden?: true
  /** True if flags are taken only in front of other arguments, so that values may look like flags. */
  readonly keepsOrder?: true
  readonly flags: readonly Flag[]
  /** Called in this order, before the work begins. @throws ImageError USAGE */
  readonly checks: readonly ((call: Call) => void)[]
  run(call: Call, desk: Desk): Promise<void>
}

/** A command that only has others below it. */
export interface CommandGroup {
  readonly name: string
  readonly usage: string
  readonly syntax: string
  readonly about: string
  readonly commands: readonly UmociCommand[]
}

/** Returns the command that has this name. */
export function commandNamed(name: string, commands: readonly UmociCommand[]): UmociCommand | undefined {
  return commands.find((command) => command.name === name || command.aliases?.includes(name))
}
