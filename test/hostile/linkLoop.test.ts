import { expect, test } from 'vitest'
import { convert } from '../../src/commands/convert.js'
import { archiveOf } from '../fixtures/archives.js'
import { temporaryDirectory } from '../fixtures/directory.js'
import { image } from '../fixtures/image.js'
import { DOORS } from '../fixtures/layout.js'
import type { EntrySpec } from '../fixtures/tar.js'

const LOOPS: Record<string, EntrySpec[]> = {
  itself: [{ name: 'a/layer.tar', type: '2', linkTarget: 'layer.tar' }],
  'each other': [
    { name: 'a/layer.tar', type: '2', linkTarget: '../b/layer.tar' },
    { name: 'b/layer.tar', type: '2', linkTarget: '../a/layer.tar' },
  ],
  'a path that grows': [{ name: 'a', type: '2', linkTarget: 'a/a' }],
}

test.each(Object.entries(LOOPS))('a layer that links to %s is refused', async (_, links) => {
  const archive = archiveOf(image({ files: ['one'] }), ['a/layer.tar'], links)
  for (const open of Object.values(DOORS)) {
    const converting = convert(await open(archive), `${await temporaryDirectory()}/layout`)
    await expect(converting).rejects.toMatchObject({ code: 'UNSAFE', message: expect.stringContaining('circular') })
  }
})
