import { expect, test } from 'vitest'
import { inspect } from '../../src/commands/inspect.js'
import { newLayout } from '../fixtures/archives.js'
import { temporaryFile } from '../fixtures/directory.js'
import { addImage, addIndex, image, layoutEntries } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'

test('indexes that list each other many times over are described once each', async () => {
  const layout = newLayout()
  let root = addImage(layout, image())
  for (let depth = 0; depth < 7; depth++) root = addIndex(layout, Array(30).fill(root))
  layout.manifests.push(root)
  const { images } = await inspect(await temporaryFile(tar(layoutEntries(layout))))
  expect(JSON.stringify(images).length).toBeLessThan(1_000_000)
})
