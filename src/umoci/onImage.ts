import { ImageError } from '../spec/errors.js'
import { imageOf } from './checks.js'
import type { GivenFlags } from './flags.js'

/**
 * Runs work on the image of `--image`, which it gets as the library's functions take it.
 * @param ifMissing the words for a tag that is not there
 * @throws ImageError in umoci's words if there is no such tag, or several images have it
 */
export async function onImage<T>(
  flags: GivenFlags,
  work: (image: string) => Promise<T>,
  ifMissing = 'tag not found',
): Promise<T> {
  const { path, tag } = imageOf(flags)
  try {
    return await work(`oci:${path}:${tag}`)
  } catch (error) {
    if (!(error instanceof ImageError) || error.where !== tag) throw error
    if (error.code === 'NOT_FOUND') throw said(`${ifMissing}: ${tag}`, error)
    throw error.code === 'FORMAT' ? said(`tag is ambiguous: ${tag}`, error) : error
  }
}

/** Runs work on the layout of `--image`, in which its tag need not be. */
export function inLayout<T>(flags: GivenFlags, work: (image: string) => Promise<T>): Promise<T> {
  const { path, tag } = imageOf(flags)
  return work(`oci:${path}:${tag}`)
}

function said(problem: string, { code, hint, cause }: ImageError): ImageError {
  return new ImageError(code, problem, { ...(hint === undefined ? {} : { hint }), cause })
}
