import { ImageError } from '../../spec/errors.js'

/** So often work is tried while other programs change a layout: they may take no lock. */
export const MOST_TRIES = 5

/** Returns the failure after the last try. */
export function changesAllTheTime(index: string): ImageError {
  return new ImageError('SYSTEM', 'another program changes the index all the time', { where: index })
}
