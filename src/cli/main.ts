import { during, ImageError, isSystemError } from '../spec/errors.js'
import { appendCommand } from './append.js'
import { type Asked, parseArguments } from './arguments.js'
import { rawConfigCommand, rawUnpackCommand, unpackCommand } from './bundle.js'
import type { Commands } from './command.js'
import { configCommand } from './config.js'
import { convertCommand } from './convert.js'
import { EXIT, exitStatus, printError } from './exit.js'
import { exportCommand } from './export.js'
import { inspectCommand } from './inspect.js'
import { addLayerCommand, insertCommand, repackCommand, validateCommand } from './layers.js'
import { gcCommand, initCommand, listCommand, newCommand, removeCommand, tagCommand } from './layout.js'
import { rebaseCommand } from './rebase.js'
import { isWorking, stopForClosedPipe } from './signals.js'
import { flattenCommand, squashCommand } from './squash.js'
import { statCommand } from './stat.js'
import { VERSION } from './version.js'

/** Runs the command line and sets the exit status. */
export async function main(args: readonly string[]): Promise<void> {
  quietOnClosedPipe()
  try {
    const ofUmoci = argumentsOfUmoci(args)
    await (ofUmoci === undefined ? run(parseArguments(args, COMMANDS)) : runAsUmoci(ofUmoci))
  } catch (error) {
    // A raw system error comes from loading the program: every command wraps its own.
    const failure = isSystemError(error) ? during('load the program', error) : error
    process.exitCode = exitStatus(failure)
    if (process.exitCode !== EXIT.closedPipe) printError(failure)
    // Work that is still pending (a read from a pipe, a half-closed socket) is useless now.
    process.exit()
  }
}

const COMMANDS: Commands = {
  convert: convertCommand,
  copy: convertCommand,
  inspect: inspectCommand,
  init: initCommand,
  new: newCommand,
  list: listCommand,
  tag: tagCommand,
  remove: removeCommand,
  rm: removeCommand,
  stat: statCommand,
  config: configCommand,
  gc: gcCommand,
  unpack: unpackCommand,
  'raw unpack': rawUnpackCommand,
  'raw runtime-config': rawConfigCommand,
  'raw config': rawConfigCommand,
  repack: repackCommand,
  insert: insertCommand,
  'raw add-layer': addLayerCommand,
  'raw mtree-validate': validateCommand,
  export: exportCommand,
  append: appendCommand,
  rebase: rebaseCommand,
  flatten: flattenCommand,
  squash: squashCommand,
}

async function run(asked: Asked): Promise<void> {
  if (asked.kind === 'run') return asked.command.run(asked.values, asked.places)
  if (asked.kind === 'version') return void process.stdout.write(`${VERSION}\n`)
  const { printHelp } = await import('./help.js')
  await printHelp(asked.topic)
}

/** Returns the arguments that umoci gets; undefined if they are ours. */
function argumentsOfUmoci([first, second, ...others]: readonly string[]): readonly string[] | undefined {
  if (first === 'help' && second === 'umoci') return ['help', ...others]
  return first === 'umoci' ? [second, ...others].flatMap((arg) => arg ?? []) : undefined
}

/** Only umoci loads umoci's commands. */
async function runAsUmoci(args: readonly string[]): Promise<void> {
  const { umoci } = await import('./umoci.js')
  await umoci(args)
}

/**
 * Ends the program quietly when nobody reads our output any more. Ignores failures of stderr: if nobody reads messages,
 * the work goes on.
 */
function quietOnClosedPipe(): void {
  process.stderr.on('error', () => {})
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' && !stopForClosedPipe()) process.exit(EXIT.closedPipe)
    if (isWorking()) return
    printError(new ImageError('SYSTEM', `write the output: ${error.message}`, { cause: error }))
    process.exit(EXIT.failed)
  })
}
