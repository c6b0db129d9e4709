import { readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newImage } from '../../../src/commands/newImage.js'
import { HeldDirectory } from '../../../src/io/heldDirectory.js'
import { digestOf } from '../../../src/spec/digest.js'
import { PresentBlobs } from '../../../src/store/layout/presentBlobs.js'
import { temporaryDirectory } from '../../fixtures/directory.js'
import { blobText, freshLayout, MOMENT } from '../../fixtures/editing.js'

const TEXT = Buffer.from('text')
const CLAIM = { digest: digestOf(TEXT), size: TEXT.length }

test('a file of the right size counts as a blob, until it is read', async () => {
  using root = HeldDirectory.open(await freshLayout())
  const present = new PresentBlobs(root)
  expect(await present.has(CLAIM)).toBe(false)
  await writeFile(present.pathOf(CLAIM.digest), 'xxxx')
  expect(await present.has(CLAIM)).toBe(true)
  expect(await present.hasIntact(CLAIM)).toBe(false)
  expect(await present.has(CLAIM)).toBe(false)
  await writeFile(present.pathOf(CLAIM.digest), TEXT)
  expect(await new PresentBlobs(root).hasIntact(CLAIM)).toBe(true)
})

test('a link is no blob, wherever it leads', async () => {
  const path = await freshLayout()
  using root = HeldDirectory.open(path)
  const present = new PresentBlobs(root)
  const outside = join(await temporaryDirectory(), 'outside')
  await writeFile(outside, TEXT)
  await symlink(outside, present.pathOf(CLAIM.digest))
  expect(await present.has(CLAIM)).toBe(false)
  expect(await present.hasIntact(CLAIM)).toBe(false)
})

test('a blob that was there and is gone is an error, if it is relied on', async () => {
  using root = HeldDirectory.open(await freshLayout())
  const present = new PresentBlobs(root)
  await writeFile(present.pathOf(CLAIM.digest), TEXT)
  await present.assertStillThere([CLAIM.digest])
  expect(await present.has(CLAIM)).toBe(true)
  await present.assertStillThere([CLAIM.digest])
  await rm(present.pathOf(CLAIM.digest))
  await expect(present.assertStillThere([CLAIM.digest])).rejects.toMatchObject({ code: 'INTEGRITY' })
})

test('a document that a power cut has emptied is written again', async () => {
  const path = await freshLayout()
  const same = { created: MOMENT, os: 'linux', architecture: 'amd64' }
  const { config, manifest } = await newImage(`${path}:v1`, same)
  const before = [config, manifest].map((digest) => blobText(path, digest))
  for (const digest of [config, manifest]) {
    const file = join(path, 'blobs', digest.replace(':', '/'))
    await writeFile(file, Buffer.alloc((await readFile(file)).length))
  }
  await newImage(`${path}:v2`, same)
  expect([config, manifest].map((digest) => blobText(path, digest))).toEqual(before)
})
