import { ImageError } from '../spec/errors.js'

/** Returns the error of a command that umoci has and this version has not. */
export function notYet(command: string): ImageError {
  return new ImageError('UNSUPPORTED', `this version of transload cannot do umoci ${command}`)
}
