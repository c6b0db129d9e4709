import { cutWithin } from '../spec/cut.js'
import { type ErrorCode, ImageError, isAbort, isSystemError } from '../spec/errors.js'
import { oneLine } from './harmless.js'
import { stackOf } from './stack.js'

/** Exit statuses with a meaning. */
export const EXIT = { failed: 1, usage: 2, bug: 70, interrupted: 130, terminated: 143, closedPipe: 141 } as const

/** Returns the exit status that tells a script what happened. */
export function exitStatus(error: unknown): number {
  if (isAbort(error)) return error instanceof Stopped ? error.status : EXIT.interrupted
  if (!(error instanceof ImageError)) return EXIT.bug
  // This can only be the output, since nothing writes to an input.
  if (isSystemError(error.cause, 'EPIPE')) return EXIT.closedPipe
  return STATUS[error.code] ?? EXIT.failed
}

/** Thrown when a signal ends the work. */
export class Stopped extends Error {
  override readonly name = 'AbortError'
  readonly status: number

  constructor(signal: NodeJS.Signals) {
    super(signal === 'SIGINT' ? 'interrupted' : 'terminated')
    this.status = STOPPED[signal] ?? EXIT.terminated
  }
}

/** One line for what went wrong, one for what can be done; for a bug, also where it is. */
export function printError(error: unknown): void {
  const said = error instanceof Error ? error.message : String(error)
  process.stderr.write(`transload: ${oneLine(error instanceof ImageError ? said : cutWithin(said))}\n`)
  const hint = error instanceof ImageError ? error.hint : undefined
  if (hint !== undefined) process.stderr.write(`hint: ${oneLine(hint)}\n`)
  if (exitStatus(error) !== EXIT.bug) return
  process.stderr.write('hint: this is a bug in transload; please report it\n')
  for (const place of stackOf(error)) process.stderr.write(`  at ${oneLine(place)}\n`)
}

const STOPPED: Partial<Record<NodeJS.Signals, number>> = { SIGINT: EXIT.interrupted, SIGPIPE: EXIT.closedPipe }

const STATUS: Partial<Record<ErrorCode, number>> = { USAGE: EXIT.usage, INTERNAL: EXIT.bug }
