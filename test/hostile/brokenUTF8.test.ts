import { expect, test } from 'vitest'
import { convert } from '../../src/commands/convert.js'
import { digestOf } from '../../src/spec/digest.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { image } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'

test('a path that breaks off within a character names the file that Go would take', async () => {
  const [one, other] = [image({ files: ['one'] }), image({ files: ['one'], config: { author: 'somebody else' } })]
  const table = JSON.stringify([{ Config: '?.json', RepoTags: null, Layers: ['layer.tar'] }])
  const archive = tar([
    { name: 'layer.tar', content: one.layers[0] ?? '' },
    { name: '\ufffd\ufffd.json', content: one.config },
    { name: '\ufffd.json', content: other.config },
    { name: 'manifest.json', content: Buffer.from(table.replace('?', '\xe2\x82'), 'latin1') },
  ])
  const { images } = await convert(await temporaryFile(archive), `${await temporaryDirectory()}/layout`)
  expect(images).toMatchObject([{ config: digestOf(one.config) }])
})
