import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HeldDirectory } from '../../../src/io/heldDirectory.js'
import { digestOf } from '../../../src/spec/digest.js'
import { blobPath } from '../../../src/store/layout/layoutNames.js'
import { Moves } from '../../../src/store/layout/moves.js'
import { filesBelow, temporaryDirectory } from '../../fixtures/directory.js'

const [one, two] = ['one', 'two'].map((text) => digestOf(Buffer.from(text))) as [`sha256:${string}`, `sha256:${string}`]

test('what is moved in makes a layout', async () => {
  const { root, moves, staged, staging } = await places()
  await moves.addLayoutFile(staging)
  await moves.addBlob(one, await staged('one'))
  await moves.sync([one])
  expect(await filesBelow(root)).toEqual({ 'oci-layout': '{"imageLayoutVersion":"1.0.0"}', [blobPath(one)]: 'one' })
})

test('what is taken back leaves the directory as it was', async () => {
  const { root, moves, staged, staging } = await places()
  await moves.addLayoutFile(staging)
  await moves.addBlob(one, await staged('one'))
  await moves.addBlob(two, await staged('two'))
  await moves.takeBack()
  expect(await readdir(root)).toEqual([])
})

test('what was there before stays when the rest is taken back', async () => {
  const { root, moves, staged, staging } = await places()
  await mkdir(join(root, 'blobs', 'sha256'), { recursive: true })
  await writeFile(join(root, blobPath(one)), 'on')
  await writeFile(join(root, 'oci-layout'), '{ }')
  await moves.addLayoutFile(staging)
  await moves.addBlob(one, await staged('one'))
  await moves.addBlob(two, await staged('two'))
  await moves.takeBack()
  expect(await filesBelow(root)).toEqual({ 'oci-layout': '{ }', [blobPath(one)]: 'one' })
})

test('a blob that was there as a link stays when the rest is taken back', async () => {
  const { root, moves, staged } = await places()
  await mkdir(join(root, 'blobs', 'sha256'), { recursive: true })
  await writeFile(join(root, 'elsewhere'), 'one')
  await symlink('../../elsewhere', join(root, blobPath(one)))
  await moves.addBlob(one, await staged('one'))
  await moves.takeBack()
  expect(await filesBelow(root)).toEqual({ elsewhere: 'one', [blobPath(one)]: 'one' })
})

test.runIf(existsSync('/dev/shm'))('a blob goes to another disk, if its folder is there', async () => {
  const { root, moves, staged } = await places()
  const other = await mkdtemp('/dev/shm/transload-')
  try {
    await symlink(other, join(root, 'blobs'))
    await moves.addBlob(one, await staged('one'))
    expect(await filesBelow(other)).toEqual({ [blobPath(one).replace('blobs/', '')]: 'one' })
  } finally {
    await rm(other, { recursive: true })
  }
})

test('folders that there are not need not reach the disk', async () => {
  const { moves } = await places()
  await expect(moves.sync([one])).resolves.toBeUndefined()
})

async function places() {
  const [root, staging] = [await temporaryDirectory(), await temporaryDirectory()]
  const staged = async (text: string) => {
    await writeFile(join(staging, text), text)
    return join(staging, text)
  }
  return { root, moves: new Moves(HeldDirectory.open(root)), staged, staging: HeldDirectory.open(staging) }
}
