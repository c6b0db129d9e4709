import { chownSync, lstatSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { convert } from '../../../src/commands/convert.js'
import { temporaryDirectory, temporaryFile } from '../../fixtures/directory.js'
import { dockerArchive, image } from '../../fixtures/image.js'

test.runIf(process.geteuid?.() === 0)('what root adds to a layout belongs to whom the layout belongs', async () => {
  const layout = join(await temporaryDirectory(), 'layout')
  mkdirSync(layout)
  chownSync(layout, 1234, 5678)
  await convert(await temporaryFile(dockerArchive(image())), `oci:${layout}`)
  const paths = readdirSync(layout, { recursive: true, encoding: 'utf8' })
  expect(paths.length).toBeGreaterThan(5)
  const owners = paths.map((path) => {
    const { uid, gid } = lstatSync(join(layout, path))
    return `${uid}:${gid} ${path}`
  })
  expect(owners.filter((line) => !line.startsWith('1234:5678 '))).toEqual([])
})
