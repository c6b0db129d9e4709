import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { convert } from '../../src/commands/convert.js'
import { digestOf } from '../../src/spec/digest.js'
import { newLayout } from '../fixtures/archives.js'
import { temporaryDirectory } from '../fixtures/directory.js'
import { addImage, image, layoutEntries } from '../fixtures/image.js'
import { DOORS } from '../fixtures/layout.js'
import { tar } from '../fixtures/tar.js'

const layout = newLayout()
layout.manifests.push(addImage(layout, image({ files: ['one'] })))
const [config = '', layer = '', manifest = ''] = layout.blobs.keys()

test.each([
  ['config', config],
  ['layer', layer],
  ['manifest', manifest],
])('a %s with other bytes under its name is refused, although the right ones are elsewhere', async (_, digest) => {
  const right = layout.blobs.get(digest) ?? Buffer.alloc(0)
  const wrong = Buffer.from(right).fill('!', right.length - 1)
  const blobs = new Map([...layout.blobs, [digest, wrong]])
  const archive = tar([{ name: 'elsewhere', content: right }, ...layoutEntries({ ...layout, blobs })])
  for (const open of Object.values(DOORS)) {
    const root = await temporaryDirectory()
    const refused = expect(convert(await open(archive), `${root}/layout`)).rejects
    await refused.toMatchObject({ code: 'INTEGRITY', expected: digest, found: digestOf(wrong) })
    expect(await readdir(root)).toEqual([])
  }
})
