import { ImageError } from '../spec/errors.js'
import type { Warning } from '../spec/warnings.js'
import { withExactTags } from './exactTags.js'
import { failureLines } from './failure.js'
import { runCommand, UnknownCommand } from './front.js'
import type { Library } from './library.js'
import { Log } from './log.js'
import { VERSION_OF_UMOCI } from './names.js'

/** What the program offers that takes umoci's place. */
export interface Surroundings {
  /** The version of transload. */
  version: string
  library: Library
  /** Writes to standard output. */
  print(text: string): void
  /** Writes one line to standard error. */
  tell(line: string): void
  /** Runs work that signals stop. */
  withSignal(work: (signal: AbortSignal) => Promise<void>): Promise<void>
}

/**
 * Runs umoci's command line and returns its exit status: 0, 1 if anything was wrong, 3 for an unknown command.
 * @throws whatever is no failure of the command: a bug, or an interruption
 */
export async function runUmoci(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const log = new Log(surroundings.tell)
  try {
    await runCommand(args, {
      ...surroundings,
      library: withExactTags(surroundings.library),
      log,
      versionText: versionText(surroundings.version),
      onWarning: (warning) => tellWarning(warning, log),
    })
    return 0
  } catch (error) {
    if (!(error instanceof ImageError) || error.code === 'INTERNAL') throw error
    if (error instanceof UnknownCommand) surroundings.tell(error.message)
    else tellFailure(error, log)
    return error instanceof UnknownCommand ? 3 : 1
  }
}

/** To move a name is usual for umoci, which says nothing of it. */
function tellWarning({ code, where, message }: Warning, log: Log): void {
  const text = `${where}: ${message}`
  if (code === 'NAME_MOVED') log.info(text)
  else log.warn(text)
}

function tellFailure(error: ImageError, log: Log): void {
  const { advice, line } = failureLines(error)
  for (const text of advice) log.warn(text)
  log.fatal(line)
}

/** Scripts look for these lines and for `go1.`; there is no Go here, which is said. */
function versionText(version: string): string {
  const lines = [
    `umoci version ${VERSION_OF_UMOCI}`,
    'image spec: 1.1.1',
    'runtime spec: 1.2.1',
    `go: go1.0 (none: this is transload ${version} on Node.js ${process.version})`,
  ]
  return lines.map((line) => `${line}\n`).join('')
}
