/** Whose problem it is; the command line turns it into an exit status. */
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

/** What else is known about a failure. */
export interface ErrorDetails {
  /** The file, archive member or blob it is about. */
  where?: string
  expected?: string | number
  found?: string | number
  /** What the user can do about it, as one sentence. */
  hint?: string
  cause?: unknown
}

/** The only error this package throws on purpose. `message` is one line, complete with place, expected and found. */
export class ImageError extends Error {
  override readonly name = 'ImageError'
  readonly code: ErrorCode
  readonly where: string | undefined
  readonly expected: string | number | undefined
  readonly found: string | number | undefined
  readonly hint: string | undefined
  readonly #problem: string

  constructor(code: ErrorCode, problem: string, details: ErrorDetails = {}) {
    super(sentence(problem, details), { cause: details.cause })
    this.code = code
    this.where = details.where
    this.expected = details.expected
    this.found = details.found
    this.hint = details.hint
    this.#problem = problem
  }

  /** The same failure, saying first in which step it was met. A place that the step names is not named again. */
  during(step: string): ImageError {
    const { code, where, expected, found, hint } = this
    const known = Object.entries({ where, expected, found, hint }).filter(([, value]) => value !== undefined)
    const outer = new ImageError(code, this.#problem, { ...Object.fromEntries(known), cause: this.cause ?? this })
    const isNamed = where !== undefined && step.endsWith(` ${where}`) && this.message.startsWith(`${where}: `)
    outer.message = `${step}: ${isNamed ? this.message.slice(where.length + 2) : this.message}`
    return outer
  }
}

/** Runs one step; what goes wrong in it says that it was this step. Abortion passes through as it is. */
export async function attempt<T>(step: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw during(step, error)
  }
}

/** The error with the step put in front. System errors become `SYSTEM`, anything unforeseen `INTERNAL`. */
export function during(step: string, error: unknown): unknown {
  if (isAbort(error)) return error
  if (error instanceof ImageError) return error.during(step)
  // What went wrong first is what matters, not that cleaning up went wrong too.
  if (isSuppressing(error)) return during(step, error.suppressed)
  if (isSystemError(error)) {
    return new ImageError('SYSTEM', `${step}: ${systemProblem(error)}`, { ...systemHint(error), cause: error })
  }
  return new ImageError('INTERNAL', `${step}: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  })
}

function isSuppressing(error: unknown): error is Error & { suppressed: unknown } {
  return error instanceof Error && error.name === 'SuppressedError' && 'suppressed' in error
}

/** True of what an AbortSignal throws. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')
}

/** True of an error of the operating system, optionally of one of these codes. */
export function isSystemError(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return false
  return codes.length === 0 || codes.includes(String(error.code))
}

/** Asserts what no input can make false; a failure is a bug of ours. */
export function invariant(condition: unknown, claim: string): asserts condition {
  if (!condition) throw new ImageError('INTERNAL', `broken invariant: ${claim}`)
}

function sentence(problem: string, { where, expected, found }: ErrorDetails): string {
  const place = where === undefined ? '' : `${cutShort(where)}: `
  const claim = expected === undefined ? '' : `: expected ${cutShort(expected)}`
  const fact = found === undefined ? '' : `${claim === '' ? ': ' : ', '}found ${cutShort(found)}`
  return `${place}${problem}${claim}${fact}`
}

/** Foreign text, in as much of a line as it may take. */
export function cutShort(text: string | number, most = 300): string {
  const line = String(text)
  return line.length <= most ? line : `${line.slice(0, most)}…`
}

const PROBLEMS: Record<string, string> = {
  EACCES: 'permission denied',
  EDQUOT: 'disk quota exceeded',
  EEXIST: 'it exists already',
  EFBIG: 'the file would be too large',
  EIO: 'input/output error',
  EISDIR: 'it is a directory',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  EPIPE: 'nobody reads the pipe any more',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
}

function systemProblem(error: NodeJS.ErrnoException): string {
  const problem = PROBLEMS[error.code ?? ''] ?? error.message.replace(HELD, '')
  const path = error.path === undefined ? undefined : shownPath(error.path)
  return path === undefined ? problem : `${path}: ${problem}`
}

/** What leads through a directory that is held open: a number that says nothing to anybody. */
const HELD = /\/proc\/self\/fd\/\d+\/?/

/** A path as users know it. Of what lies right in a directory that is held open they know the directory, which the step names. */
function shownPath(path: string): string | undefined {
  if (!HELD.test(path)) return path
  const within = path.replace(HELD, '')
  return within.includes('/') ? within : undefined
}

function systemHint(error: NodeJS.ErrnoException): ErrorDetails {
  return error.code === 'ENOSPC' || error.code === 'EDQUOT'
    ? { hint: 'free some space or choose a destination elsewhere; nothing was changed at the destination' }
    : {}
}
