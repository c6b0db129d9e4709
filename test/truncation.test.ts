import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { convert } from '../src/commands/convert.js'
import type { ImageError } from '../src/spec/errors.js'
import { hybridArchive } from './fixtures/archives.js'
import { temporaryDirectory } from './fixtures/directory.js'
import { dockerArchive, image } from './fixtures/image.js'
import { converted, DOORS } from './fixtures/layout.js'

/** Archives, and the file that names the images: once it is there, so is all that it names. */
const ARCHIVES: [string, Buffer, string][] = [
  ['a docker archive', dockerArchive(image()), 'manifest.json'],
  ['a hybrid archive', hybridArchive(), 'index.json'],
]

describe.each(ARCHIVES)('%s that was cut off', (_, archive, table) => {
  test.each(['file', 'pipe'])('is refused wherever it was cut, and leaves nothing, by %s', async (door) => {
    const root = await temporaryDirectory()
    expect(offsets(archive, table)).not.toEqual([])
    for (const length of offsets(archive, table)) {
      const from = (await DOORS[door]?.(archive.subarray(0, length))) ?? ''
      const code = await convert(from, join(root, 'layout')).catch((error: ImageError) => error.code)
      expect({ length, code, left: await readdir(root) }).toEqual({ length, code: expect.any(String), left: [] })
    }
  })

  test.each(['file', 'pipe'])('leaves a layout as it was, by %s', async (door) => {
    const before = await converted(dockerArchive(image({ tags: ['before:1'], files: ['before'] })))
    const from = (await DOORS[door]?.(archive.subarray(0, archive.length / 2))) ?? ''
    await expect(convert(from, before.path)).rejects.toMatchObject({ code: 'FORMAT' })
    expect((await converted(before.path)).files).toEqual(before.files)
    expect(await readdir(before.path)).toHaveLength(3)
  })

  test('is taken, with a warning, if nothing but its end marker is missing', async () => {
    const whole = await converted(archive)
    const cut = await converted(archive.subarray(0, -1024))
    expect(cut.files).toEqual(whole.files)
    expect(cut.warnings.map(({ code }) => code)).toEqual(['NO_END_MARKER'])
  })
})

/** Ends within headers, within contents, within padding and between entries, up to the end of the table's content. */
function offsets(archive: Buffer, table: string): number[] {
  const end = archive.indexOf('\0', archive.indexOf(table) + 512)
  const blocks = Array.from({ length: Math.ceil(end / 512) }, (_, at) => at * 512)
  return [...blocks.flatMap((at) => [at, at + 1 + ((at / 512) % 511)]), end - 1].filter((length) => length < end)
}
