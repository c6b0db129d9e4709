import { cutShort, cutWithin } from './cut.js'
import { defined } from './defined.js'
import { systemHint, systemProblem } from './systemProblems.js'

/** The kind of a failure; the command line turns it into an exit status. */
export type ErrorCode =
  | 'USAGE'
  | 'FORMAT'
  | 'INTEGRITY'
  | 'NOT_FOUND'
  | 'UNSUPPORTED'
  | 'UNSAFE'
  | 'EXISTS'
  | 'SYSTEM'
  | 'INTERNAL'

/** Further facts about a failure. */
export interface ErrorDetails {
  /** The file, archive member or blob that failed. */
  where?: string
  expected?: string | number
  found?: string | number
  /** One sentence about what the user can do. */
  hint?: string
  cause?: unknown
}

/** A failure as data. */
export interface ErrorRecord {
  code: ErrorCode
  message: string
  problem: string
  details: ErrorDetails
}

/**
 * The only error this package throws on purpose. `message` is one line with place, expected and found. Each of these
 * may be a foreign text of any length, so it is cut to a readable length.
 */
export class ImageError extends Error {
  override readonly name = 'ImageError'
  readonly code: ErrorCode
  readonly where: string | undefined
  readonly expected: string | number | undefined
  readonly found: string | number | undefined
  readonly hint: string | undefined
  readonly #problem: string

  constructor(code: ErrorCode, problem: string, details: ErrorDetails = {}) {
    const [short, { where, expected, found, hint }] = [cutWithin(problem), cutDetails(details)]
    super(sentence(short, { where, expected, found }), { cause: details.cause })
    this.code = code
    this.where = where
    this.expected = expected
    this.found = found
    this.hint = hint
    this.#problem = short
  }

  /** Returns the same failure with the step in front of its message. A place that the step names is not repeated. */
  during(step: string): ImageError {
    const { where, message } = this
    const isNamed = where !== undefined && names(step, where) && message.startsWith(`${where}: `)
    return this.#saying(`${cutShort(step)}: ${isNamed ? message.slice(where.length + 2) : message}`)
  }

  /** Returns the same failure with a hint in place of the value found, which must stay secret. */
  withoutFound(hint: string): ImageError {
    const { code, where, expected, message } = this
    const secretive = new ImageError(code, this.#problem, { ...defined({ where, expected }), hint })
    secretive.message = message.slice(0, message.length - fact(this).length)
    return secretive
  }

  /** Returns the failure as data, for another thread. */
  toRecord(): ErrorRecord {
    const { code, message, where, expected, found, hint } = this
    return { code, message, problem: this.#problem, details: defined({ where, expected, found, hint }) }
  }

  /** Returns the failure that another thread met. */
  static fromRecord({ code, message, problem, details }: ErrorRecord): ImageError {
    const error = new ImageError(code, problem, details)
    error.message = message
    return error
  }

  #saying(message: string): ImageError {
    const { code, where, expected, found, hint } = this
    const details = defined({ where, expected, found, hint })
    const outer = new ImageError(code, this.#problem, { ...details, cause: this.cause ?? this })
    outer.message = message
    return outer
  }
}

/**
 * Carries an error of the caller's code (stream, callback) to the place where the original is thrown again. Nothing on
 * the way adds to its message or blames an image for it.
 */
export class CallerError extends ImageError {
  readonly thrown: unknown

  constructor(thrown: unknown) {
    super('INTERNAL', "the caller's code failed", { cause: thrown })
    this.thrown = thrown
  }

  override during(): this {
    return this
  }
}

/** Runs the caller's code. @throws CallerError */
export function ofCaller(work: () => void): void {
  try {
    work()
  } catch (error) {
    throw new CallerError(error)
  }
}

/** Runs one step. Its errors name the step; an abort passes unchanged. */
export async function attempt<T>(step: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw during(step, error)
  }
}

/** Returns the error with the step in front. System errors become `SYSTEM`, anything unforeseen `INTERNAL`. */
export function during(step: string, error: unknown): unknown {
  if (isAbort(error)) return error
  if (error instanceof ImageError) return error.during(step)
  // The first error matters, not the failed cleanup after it.
  if (isSuppressing(error)) return during(step, error.suppressed)
  if (isSystemError(error)) {
    const { problem, path } = systemProblem(error)
    const said = path === undefined ? problem : `${cutShort(path)}: ${problem}`
    return new ImageError('SYSTEM', said, { ...systemHint(error), cause: error }).during(step)
  }
  const problem = error instanceof Error ? error.message : String(error)
  return new ImageError('INTERNAL', problem, { cause: error }).during(step)
}

function isSuppressing(error: unknown): error is Error & { suppressed: unknown } {
  return error instanceof Error && error.name === 'SuppressedError' && 'suppressed' in error
}

/** True for an error of an AbortSignal. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')
}

/** True for an error that ends the whole work: no image is at fault. */
export function endsWork(error: unknown): boolean {
  return isAbort(error) || error instanceof CallerError
}

/** A system error as another thread reports it. */
export interface SystemFailure {
  message: string
  code: string
  errno: number
  syscall: string
}

/** Returns the system error that another thread met. */
export function systemErrorOf(failure: SystemFailure): Error {
  return Object.assign(new Error(failure.message), failure)
}

/** True for an error of the operating system, optionally of one of these codes. */
export function isSystemError(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return false
  return codes.length === 0 || codes.includes(String(error.code))
}

/** Asserts a condition that no input can make false; a failure is a bug of ours. */
export function invariant(condition: unknown, claim: string): asserts condition {
  if (!condition) throw new ImageError('INTERNAL', `broken invariant: ${claim}`)
}

type Said = Pick<ImageError, 'where' | 'expected' | 'found' | 'hint'>

function cutDetails({ where, expected, found, hint }: ErrorDetails): Said {
  const cut = (value: string | number | undefined) => (typeof value === 'string' ? cutShort(value) : value)
  return { where: where && cutShort(where), expected: cut(expected), found: cut(found), hint: hint && cutShort(hint) }
}

/** True if a step ends with this place, which may have been cut. */
function names(step: string, where: string): boolean {
  return step.endsWith(` ${where}`) || cutShort(step.slice(step.indexOf(' ') + 1)) === where
}

function sentence(problem: string, { where, expected, found }: Omit<Said, 'hint'>): string {
  const place = where === undefined ? '' : `${where}: `
  const claim = expected === undefined ? '' : `: expected ${expected}`
  return `${place}${problem}${claim}${fact({ expected, found })}`
}

function fact({ expected, found }: Pick<Said, 'expected' | 'found'>): string {
  return found === undefined ? '' : `${expected === undefined ? ': ' : ', '}found ${found}`
}
