import { expect, test } from 'vitest'
import { editConfig } from '../../src/commands/editConfig.js'
import { stat } from '../../src/commands/stat.js'
import { tagImage } from '../../src/commands/tagImage.js'
import { printStatJSON } from '../../src/image/stat/statJSON.js'
import { printStat } from '../../src/image/stat/statText.js'
import { addDocuments, blobText, layoutWith, tagged } from '../fixtures/editing.js'
import { addBlob, type Layout } from '../fixtures/image.js'

const COUNT = 150_000

/** Not sorted, so that every key has to find its place. */
const MANY = Object.fromEntries(Array.from({ length: COUNT }, (_, at) => [`k${(at * 7919) % COUNT}`, '']))

/** A layout whose descriptors all have annotations without end. */
async function layoutOfMany(): Promise<string> {
  const layout: Layout = { blobs: new Map(), manifests: [] }
  const { digest, mediaType } = addDocuments(layout, '{"os":"linux","architecture":"amd64","config":{},"rootfs":{}}')
  const plain = JSON.parse(layout.blobs.get(digest)?.toString() ?? '') as { config: object }
  const manifest = { ...plain, config: { ...plain.config, annotations: MANY } }
  const root = addBlob(layout, Buffer.from(JSON.stringify(manifest)), mediaType)
  layout.manifests.push(tagged({ ...root, annotations: MANY }, 'v1'))
  return layoutWith(layout)
}

// One after the other, each key would be compared with all: minutes. One by one as arguments, they overflow the stack.
test('descriptors with 150,000 annotations are shown, tagged and changed in linear work', async () => {
  const path = await layoutOfMany()
  const found = await stat(`${path}:v1`)
  expect(printStat(found).match(/^\t+k[0-9]+: ""$/gm)).toHaveLength(3 * COUNT)
  const { manifest } = JSON.parse(printStatJSON(found)) as { manifest: { descriptor: { annotations: object } } }
  expect(Object.keys(manifest.descriptor.annotations)).toHaveLength(COUNT + 1)
  await tagImage(`${path}:v1`, 'v2')
  const edited = await editConfig(`${path}:v2`, { labels: ['a=b'] })
  const after = JSON.parse(blobText(path, edited.manifest)) as { config: { annotations: object } }
  expect(after.config.annotations).toEqual(MANY)
})
