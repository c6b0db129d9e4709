import { expect, test } from 'vitest'
import { concealing, LinkedBlobs } from '../../src/archive/linkedBlobs.js'
import { single } from '../../src/bytes/bytes.js'
import { digestOf } from '../../src/spec/digest.js'
import { ImageError } from '../../src/spec/errors.js'
import type { TarEntry } from '../../src/tar/entry.js'

const BLOB = Buffer.from('blob')
const path = `blobs/${digestOf(BLOB).replace(':', '/')}`
const member = { path, size: BLOB.length, type: 'file' } as TarEntry

/** Blobs of which this path is a link, to these bytes. */
function linkedTo(bytes: Buffer, linked: string[] = [path]) {
  let reads = 0
  const open = () => {
    reads++
    return single(bytes)
  }
  return { blobs: new LinkedBlobs({ open, linked }), reads: () => reads }
}

test('a link to the blob itself is read once, however often it is asked for', async () => {
  const { blobs, reads } = linkedTo(BLOB)
  await blobs.assert(member)
  await blobs.assert(member)
  expect(reads()).toBe(1)
})

test('a link to another file is refused without a word about that file', async () => {
  const { blobs } = linkedTo(Buffer.from('secret'))
  const failure = await blobs.assert(member).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'INTEGRITY', where: path })
  expect(JSON.stringify(failure)).not.toContain(digestOf(Buffer.from('secret')))
})

test('a file that is no link is not read for this', async () => {
  const { blobs, reads } = linkedTo(Buffer.from('another'), [])
  await blobs.assert(member)
  expect(reads()).toBe(0)
})

test('what fails tells nothing of the found digest where there are links, and all where there are none', async () => {
  const failing = (linked: LinkedBlobs) =>
    concealing({ linked }, () => Promise.reject(new ImageError('INTEGRITY', 'digest differs', { found: 'secret' })))
  await expect(failing(linkedTo(BLOB).blobs)).rejects.toMatchObject({ code: 'INTEGRITY', found: undefined })
  await expect(failing(linkedTo(BLOB, []).blobs)).rejects.toMatchObject({ found: 'secret' })
})
