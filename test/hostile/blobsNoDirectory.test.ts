import { rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { collectGarbage } from '../../src/commands/collectGarbage.js'
import { convert } from '../../src/commands/convert.js'
import { newImage } from '../../src/commands/newImage.js'
import { tagImage } from '../../src/commands/tagImage.js'
import { filesBelow, temporaryFile } from '../fixtures/directory.js'
import { freshLayout } from '../fixtures/editing.js'
import { dockerArchive, image } from '../fixtures/image.js'

async function withFileForBlobs(): Promise<string> {
  const path = await freshLayout()
  await rm(join(path, 'blobs'), { recursive: true })
  await writeFile(join(path, 'blobs'), 'a file')
  return path
}

test('a file where blobs should be: nothing is written or left behind, and what needs no blob works', async () => {
  const path = await withFileForBlobs()
  const archive = await temporaryFile(dockerArchive(image()))
  const before = await filesBelow(path)
  await expect(newImage(`${path}:v2`)).rejects.toThrow('not a directory')
  await expect(convert(archive, path)).rejects.toThrow('not a directory')
  await expect(collectGarbage(path, { grace: 0 })).rejects.toThrow('not a directory')
  expect(await filesBelow(path)).toEqual(before)
  await tagImage(`${path}:v1`, 'v2')
})

test('linked blobs: what refuses the warning leaves nothing behind', async () => {
  const path = await freshLayout()
  await rm(join(path, 'blobs'), { recursive: true })
  await symlink(await freshLayout(), join(path, 'blobs'))
  const archive = await temporaryFile(dockerArchive(image()))
  const before = await filesBelow(path)
  await expect(tagImage(`${path}:v1`, 'v2', { strict: true })).rejects.toThrow('symbolic link')
  await expect(convert(archive, path, { strict: true })).rejects.toThrow('symbolic link')
  expect(await filesBelow(path)).toEqual(before)
})
