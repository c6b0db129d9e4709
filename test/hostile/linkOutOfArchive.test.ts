import { relative } from 'node:path'
import { expect, test } from 'vitest'
import { convert } from '../../src/commands/convert.js'
import { archiveOf } from '../fixtures/archives.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { image } from '../fixtures/image.js'
import { DOORS, unpacked } from '../fixtures/layout.js'

const made = image({ files: ['one'] })
const [layer = Buffer.alloc(0)] = made.layers

test.each(Object.keys(DOORS))('a layer that links to a file beside the archive is not read, by %s', async (door) => {
  const outside = await temporaryFile(layer, 'layer.tar')
  for (const target of [outside, `../../${outside}`, '../../../../../../../../etc/passwd']) {
    const archive = archiveOf(made, ['a/layer.tar'], [{ name: 'a/layer.tar', type: '2', linkTarget: target }])
    const converting = convert((await DOORS[door]?.(archive)) ?? '', `${await temporaryDirectory()}/layout`)
    await expect(converting).rejects.toMatchObject({ code: expect.stringMatching(/^(UNSAFE|NOT_FOUND)$/) })
  }
})

test('a directory that links out of itself is not followed', async () => {
  const outside = await temporaryDirectory()
  const archive = archiveOf(made, ['a/layer.tar'], [{ name: 'a', type: '2', linkTarget: outside }])
  const path = await unpacked(archive)
  const converting = convert(path, `${await temporaryDirectory()}/layout`)
  await expect(converting).rejects.toMatchObject({ name: 'ImageError' })
  const climbing = archiveOf(made, ['a/layer.tar'], [{ name: 'a', type: '2', linkTarget: relative(path, outside) }])
  const again = convert(await unpacked(climbing), `${await temporaryDirectory()}/layout`)
  await expect(again).rejects.toMatchObject({ code: 'UNSAFE' })
})
