import { readdir, readFile, rm } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { single } from '../../../src/bytes/bytes.js'
import { digestOf } from '../../../src/spec/digest.js'
import { StagedBlobs } from '../../../src/store/layout/stagedBlobs.js'
import { content, inChunks, noise } from '../../fixtures/bytes.js'
import { folderAt, temporaryDirectory } from '../../fixtures/directory.js'

const TEXT = Buffer.from('text')
const NOBODY = () => Promise.resolve(false)

test('a blob is a file with its bytes, whose chunks may be used again', async () => {
  const { blobs } = await staged()
  const bytes = content(3_000_000)
  const sum = await blobs.put(inChunks(bytes, 70_000), undefined, NOBODY)
  expect(sum).toEqual({ digest: digestOf(bytes), size: bytes.length })
  expect(blobs.sizeOf(sum.digest)).toBe(bytes.length)
  expect((await readFile(blobs.pathOf(sum.digest) ?? '')).equals(bytes)).toBe(true)
  expect(blobs.bytesWritten).toBe(bytes.length)
})

test('a blob of no bytes is a file of none', async () => {
  const { blobs } = await staged()
  const { digest } = await blobs.put(single(Buffer.alloc(0)), undefined, NOBODY)
  expect(await readFile(blobs.pathOf(digest) ?? '')).toHaveLength(0)
})

test('blobs can be written at the same time', async () => {
  const { blobs } = await staged()
  const all = Array.from({ length: 8 }, () => noise(100_000))
  await Promise.all(all.map((bytes) => blobs.put(inChunks(bytes, 9000), undefined, NOBODY)))
  for (const bytes of all) expect(await readFile(blobs.pathOf(digestOf(bytes)) ?? '')).toEqual(bytes)
})

test('a blob is hashed as its claim wants it', async () => {
  const { blobs } = await staged()
  const claim = { digest: digestOf(TEXT, 'sha512'), size: 4 }
  expect(await blobs.put(single(TEXT), claim, NOBODY)).toEqual(claim)
  expect(blobs.sizeOf(claim.digest)).toBe(4)
  expect(blobs.sizeOf(digestOf(TEXT))).toBeUndefined()
})

test('what is known elsewhere leaves no file, and is told what it was', async () => {
  const { blobs, directory } = await staged()
  const asked: unknown[] = []
  const sum = await blobs.put(single(TEXT), undefined, (found) => {
    asked.push(found)
    return Promise.resolve(true)
  })
  expect(asked).toEqual([sum])
  expect(sum).toEqual({ digest: digestOf(TEXT), size: 4 })
  expect(await readdir(directory)).toEqual([])
  expect(blobs.pathOf(sum.digest)).toBeUndefined()
})

describe('what goes wrong', () => {
  test.each([
    ['another digest', { digest: digestOf(Buffer.from('that')), size: 4 }],
    ['another size', { digest: digestOf(TEXT), size: 5 }],
  ])('with %s than claimed is not there', async (_, claim) => {
    const { blobs } = await staged()
    await expect(blobs.put(single(TEXT), claim, NOBODY)).rejects.toMatchObject({ code: 'INTEGRITY' })
    expect(blobs.sizeOf(claim.digest)).toBeUndefined()
    expect(blobs.sizeOf(digestOf(TEXT))).toBeUndefined()
  })

  test('with the source is its error, and others can be put', async () => {
    const { blobs } = await staged()
    async function* breaking() {
      yield await Promise.resolve(TEXT)
      throw new Error('the source broke')
    }
    await expect(blobs.put(breaking(), undefined, NOBODY)).rejects.toThrow(/^the source broke$/)
    await expect(blobs.put(single(TEXT), undefined, NOBODY)).resolves.toMatchObject({ size: 4 })
  })

  test('with the directory is the system’s error', async () => {
    const { blobs, directory } = await staged()
    await rm(directory, { recursive: true })
    await expect(blobs.put(single(TEXT), undefined, NOBODY)).rejects.toMatchObject({
      code: 'SYSTEM',
      cause: { code: 'ENOENT' },
    })
  })
})

describe('the way to the disk', () => {
  test('is begun as soon as a large blob is whole if it shall survive a crash', async () => {
    expect(await isSyncedEarly({ syncEarly: true, size: LARGE })).toBe(true)
  })

  test('is not begun early for a small blob, nor for one that need not survive', async () => {
    expect(await isSyncedEarly({ syncEarly: true, size: LARGE - 1 })).toBe(false)
    expect(await isSyncedEarly({ syncEarly: false, size: LARGE })).toBe(false)
  })

  test('fails where the blob is gone, when it is waited for', async () => {
    const { blobs } = await staged()
    const { digest } = await blobs.put(single(TEXT), undefined, NOBODY)
    await rm(blobs.pathOf(digest) ?? '')
    await expect(blobs.sync(digest)).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(blobs.settle()).resolves.toBeUndefined()
    await expect(blobs.sync(digest)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('needs nothing for a blob that is not here', async () => {
    const { blobs } = await staged()
    await expect(blobs.sync(digestOf(TEXT))).resolves.toBeUndefined()
  })
})

const LARGE = 1024 * 1024

/** True if nobody has to ask for the sync: one that begins when the file is gone fails. */
async function isSyncedEarly({ syncEarly, size }: { syncEarly: boolean; size: number }): Promise<boolean> {
  const { blobs } = await staged({ syncEarly })
  const { digest } = await blobs.put(single(noise(size)), undefined, NOBODY)
  await blobs.settle()
  await rm(blobs.pathOf(digest) ?? '')
  return blobs.sync(digest).then(
    () => true,
    () => false,
  )
}

async function staged(options = { syncEarly: false }): Promise<{ blobs: StagedBlobs; directory: string }> {
  const directory = await temporaryDirectory()
  return { blobs: new StagedBlobs(() => Promise.resolve(folderAt(directory)), options), directory }
}
