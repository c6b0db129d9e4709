const PROBLEMS: Record<string, string> = {
  EACCES: 'permission denied',
  EDQUOT: 'disk quota exceeded',
  EEXIST: 'it exists already',
  EFBIG: 'the file would be too large',
  EIO: 'input/output error',
  EISDIR: 'it is a directory',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
  EMLINK: 'the file has as many names as the file system allows',
  ENFILE: 'too many open files in the system',
  ENOMEM: 'out of memory',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  EPIPE: 'the reader closed the pipe',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
}

/** Returns what a system error means in words, and the path that it is about as users know it. */
export function systemProblem(error: NodeJS.ErrnoException): { problem: string; path: string | undefined } {
  const problem = PROBLEMS[error.code ?? ''] ?? error.message.replace(HELD, '')
  return { problem, path: error.path === undefined ? undefined : shownPath(error.path) }
}

/** The prefix of paths through a held directory: its number means nothing to users. */
const HELD = /\/proc\/self\/fd\/\d+\/?/

/** Returns a path as users know it; undefined for an entry directly in a held directory, which the step names. */
function shownPath(path: string): string | undefined {
  if (!HELD.test(path)) return path
  const within = path.replace(HELD, '')
  return within.includes('/') ? within : undefined
}

const HINTS: Record<string, string> = {
  EDQUOT: 'free some space or choose a destination elsewhere; nothing was changed at the destination',
  EMFILE: 'raise the limit on open files (ulimit -n 1024), or run fewer jobs: --jobs 1',
  ENOSPC: 'free some space or choose a destination elsewhere; nothing was changed at the destination',
}

/** Returns what to do about a system error. */
export function systemHint({ code = '' }: NodeJS.ErrnoException): { hint?: string } {
  const hint = HINTS[code]
  return hint === undefined ? {} : { hint }
}
