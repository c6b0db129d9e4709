import { ImageError } from '../spec/errors.js'
import { needed } from './working.js'

/**
 * Returns the image of a command that takes no other argument: that of `--image`, or the argument.
 * @throws ImageError USAGE if there is none, or both
 */
export function imageGiven(option: string | undefined, [argument]: readonly string[], expected: string): string {
  if (option === undefined || argument === undefined) return needed(option ?? argument, '--image', expected)
  throw new ImageError('USAGE', 'there are two images', { expected, found: `${option} and ${argument}` })
}
