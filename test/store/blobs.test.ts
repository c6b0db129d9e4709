import { expect, test } from 'vitest'
import { digestOf } from '../../src/spec/digest.js'
import { putDocument } from '../../src/store/blobs.js'
import { MemorySink } from '../fixtures/memory.js'

const TEXT = Buffer.from('{}')
const CLAIM = { digest: digestOf(TEXT), size: TEXT.length }

test('a document is put, and not once more if it is there', async () => {
  const sink = new MemorySink()
  await putDocument(sink, TEXT, CLAIM)
  expect(sink.staged.get(CLAIM.digest)).toEqual(TEXT)
  const { bytesWritten } = sink
  await putDocument(sink, TEXT, CLAIM)
  expect(sink.bytesWritten).toBe(bytesWritten)
})

test('a document that is not what it is claimed to be is refused', async () => {
  const claim = { digest: digestOf(Buffer.from('other')), size: 5 }
  await expect(putDocument(new MemorySink(), TEXT, claim)).rejects.toMatchObject({ code: 'INTEGRITY' })
})
