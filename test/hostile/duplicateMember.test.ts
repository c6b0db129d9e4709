import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { convert } from '../../src/commands/convert.js'
import { archiveOf } from '../fixtures/archives.js'
import { filesBelow, temporaryDirectory } from '../fixtures/directory.js'
import { dockerEntries, image } from '../fixtures/image.js'
import { DOORS } from '../fixtures/layout.js'
import { type EntrySpec, tar } from '../fixtures/tar.js'

const made = image({ files: ['one'] })
const [layer = Buffer.alloc(0)] = made.layers
const other = image({ files: ['two'] })

describe.each(['file', 'pipe'])('a member that is there twice, by %s', (door) => {
  test.each<[string, EntrySpec[]]>([
    ['manifest.json', dockerEntries([other]).slice(-1)],
    [
      './manifest.json',
      dockerEntries([other])
        .slice(-1)
        .map((entry) => ({ ...entry, name: './manifest.json' })),
    ],
    [
      'a config',
      dockerEntries([made])
        .slice(0, 1)
        .map((entry) => ({ ...entry, content: other.config })),
    ],
    [
      'a layer',
      dockerEntries([made])
        .slice(1, 2)
        .map((entry) => ({ ...entry, content: other.layers[0] ?? '' })),
    ],
  ])('with other content is refused: %s', async (_, twice) => {
    for (const entries of [
      [...twice, ...dockerEntries([made])],
      [...dockerEntries([made]), ...twice],
    ]) {
      const refused = expect(by(door, tar(entries))).rejects
      await refused.toMatchObject({ code: 'FORMAT', message: expect.stringContaining('more than once') })
    }
  })

  test('with the same content is one', async () => {
    const once = dockerEntries([made])
    expect(await by(door, tar([...once, ...once]))).toEqual(await by(door, tar(once)))
  })

  test('that no image names does not matter', async () => {
    const junk = ['a', 'b'].map((content) => ({ name: 'junk', content }))
    const once = dockerEntries([made])
    expect(await by(door, tar([...junk, ...once]))).toEqual(await by(door, tar(once)))
  })

  test('compressed layers with other content are refused', async () => {
    const twice = [layer, other.layers[0] ?? ''].map((content) => ({ name: 'l.tar.gz', content: gzipSync(content) }))
    await expect(by(door, archiveOf(made, ['l.tar.gz'], twice))).rejects.toMatchObject({ code: 'FORMAT' })
  })
})

async function by(door: string, archive: Buffer) {
  const path = `${await temporaryDirectory()}/layout`
  await convert((await DOORS[door]?.(archive)) ?? '', path)
  return filesBelow(path)
}
