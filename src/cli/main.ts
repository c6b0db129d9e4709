import yargs from 'yargs'
import { during, ImageError, isSystemError } from '../spec/errors.js'
import { type Commands, toArguments } from './arguments.js'
import { convertCommand } from './convert.js'
import { CONVERT_OPTIONS } from './convertOptions.js'
import { EXIT, exitStatus, printError } from './exit.js'
import { INSPECT_OPTIONS, inspectCommand } from './inspect.js'
import { isWorking, stopForClosedPipe } from './signals.js'
import { VERSION } from './version.js'

/** Runs the command line and sets the exit status. */
export async function main(args: readonly string[]): Promise<void> {
  quietOnClosedPipe()
  try {
    await parser(args).parseAsync()
  } catch (error) {
    // Only what does not begin with a command is not yet told as one of ours: a part of the program that cannot be read.
    const failure = isSystemError(error) ? during('load the program', error) : error
    process.exitCode = exitStatus(failure)
    if (process.exitCode !== EXIT.closedPipe) printError(failure)
    // What still runs (a read from a pipe, a half-closed socket) is of no use any more.
    process.exit()
  }
}

const CONVERT = {
  options: CONVERT_OPTIONS,
  places: ['SOURCE', 'DESTINATION'],
  ifMore: 'for several sources: for file in *.tar; do transload convert "$file" oci:DIR; done',
}

const COMMANDS: Commands = {
  convert: CONVERT,
  copy: CONVERT,
  inspect: {
    options: INSPECT_OPTIONS,
    places: ['SOURCE'],
    ifMore: 'for several sources: for file in *.tar; do transload inspect "$file"; done',
  },
}

function parser(args: readonly string[]) {
  return yargs(toArguments(args, COMMANDS))
    .parserConfiguration({ 'parse-positional-numbers': false, 'boolean-negation': false, 'dot-notation': false })
    .scriptName('transload')
    .usage(
      'Carries container images between docker save archives and the OCI image layout, without Docker.\n\n$0 COMMAND',
    )
    .command(convertCommand)
    .command(inspectCommand)
    .strict()
    .version('version', 'show the version', VERSION)
    .alias('version', 'V')
    .alias('help', 'h')
    .describe('help', 'show help')
    .wrap(Math.min(process.stdout.columns || 80, 100))
    .epilog(EPILOG)
    .exitProcess(false)
    .fail((message, error) => {
      // What yargs throws itself is about how it is used.
      if (error instanceof Error && error.name !== 'YError') throw error
      throw new ImageError('USAGE', oneSentence(message), {
        hint: 'transload --help shows how it is used',
      })
    })
}

/** What yargs says in several lines. */
function oneSentence(message: string): string {
  const lines = message.split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '').join(' ')
}

const EPILOG = `Examples:
  docker save app:v1 | transload convert - oci:app
  transload convert --help

Exit status: 0 done, 1 failed, 2 wrong usage, 70 a bug of transload,
130 interrupted, 141 the reader of the output went away.`

/**
 * When the reader of our output went away, nothing is left to do, and nobody to tell. When nobody reads what we say on
 * the way, the work goes on.
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
