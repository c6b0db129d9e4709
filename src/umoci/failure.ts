import { ImageError, isSystemError } from '../spec/errors.js'

/** A failure in umoci's words. */
interface FailureLines {
  /** Sentences about what the user can do. */
  advice: string[]
  line: string
}

/** Says a failure as umoci does, as far as programs look for its words. */
export function failureLines(error: ImageError): FailureLines {
  const { hint } = error
  return {
    advice: [...(isOfPermission(error) ? [MAYBE_ROOTLESS] : []), ...(hint === undefined ? [] : [`hint: ${hint}`])],
    line: `${mismatchOf(error)}${error.message}`,
  }
}

const MAYBE_ROOTLESS = 'umoci encountered a permission error: maybe --rootless will help?'

function isOfPermission({ cause }: ImageError): boolean {
  if (cause instanceof ImageError) return isOfPermission(cause)
  return isSystemError(cause, 'EACCES', 'EPERM')
}

/** Bytes of another size have another digest as well. */
function mismatchOf({ code, expected }: ImageError): string {
  if (code !== 'INTEGRITY') return ''
  return typeof expected === 'number'
    ? 'verified reader size mismatch, verified reader digest mismatch: '
    : 'verified reader digest mismatch: '
}
