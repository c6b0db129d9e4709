import { resolve } from 'node:path'
import { assertValidateOptions } from './checkOptions.js'
import type { ValidateOptions } from './layerOptions.js'
import { startPacking } from './packing.js'
import { running } from './running.js'

/**
 * Compares a directory with an mtree file. Returns a line for each difference.
 * @throws ImageError NOT_FOUND, FORMAT, UNSAFE; UNSUPPORTED for keywords that are unknown
 */
export async function validateMtree(
  mtree: string,
  directory: string,
  options: ValidateOptions = {},
): Promise<string[]> {
  return running(`compare ${directory}`, options, async () => {
    assertValidateOptions(options)
    const { keywords, addKeywords: added = [], signal } = options
    await using thread = await startPacking({
      root: resolve(directory),
      owners: { users: [], groups: [], isRootless: false },
      job: { kind: 'validation', mtree: resolve(mtree), where: mtree, keywords, added },
    })
    return [...(await thread.look(signal)).differences]
  })
}
