import { describe, expect, test } from 'vitest'
import { Pool } from '../../src/archive/output/pool.js'
import { type Bytes, single } from '../../src/bytes/bytes.js'
import { contextOf } from '../../src/bytes/context.js'
import { digestOf } from '../../src/spec/digest.js'
import type { RepeatableContent } from '../../src/store/blobs.js'
import { putContent, putDocument, putUnnamed } from '../../src/store/putContent.js'
import { collect, inChunks } from '../fixtures/bytes.js'
import { temporaryFolder } from '../fixtures/directory.js'
import { MemorySink } from '../fixtures/memory.js'

const TEXT = Buffer.from('{}')
const CLAIM = { digest: digestOf(TEXT), size: TEXT.length }
const CONTENT: RepeatableContent = { claim: CLAIM, open: (start = 0) => single(TEXT.subarray(start)) }

describe('a pool that writes at once', () => {
  test('stores content that could stay where it is', async () => {
    const sink = new MemorySink()
    expect(await putContent(sink, CONTENT)).toEqual(CLAIM)
    expect(sink.staged.get(CLAIM.digest)).toEqual(TEXT)
  })

  test('refuses content that is not what it is claimed to be', async () => {
    const claim = { digest: digestOf(Buffer.from('other')), size: 5 }
    await expect(putContent(new MemorySink(), { ...CONTENT, claim })).rejects.toMatchObject({ code: 'INTEGRITY' })
  })

  test('stores unnamed bytes in one pass', async () => {
    const sink = new MemorySink()
    expect(await putUnnamed(sink, inChunks(TEXT, 1), untouchable)).toEqual(CLAIM)
    expect(sink.staged.get(CLAIM.digest)).toEqual(TEXT)
  })
})

describe('a pool that writes later', () => {
  test('leaves content where it is, and does not read it', async () => {
    const pool = new Pool(temporaryFolder, contextOf({}))
    expect(await putContent(pool, CONTENT, untouchable())).toEqual(CLAIM)
    expect(await collect(pool.content(CLAIM))).toEqual(TEXT)
    expect(pool.bytesWritten).toBe(0)
  })

  test('reads unnamed bytes for their sum alone, if they can be opened once more', async () => {
    const pool = new Pool(temporaryFolder, contextOf({}))
    expect(await putUnnamed(pool, inChunks(TEXT, 1), CONTENT.open)).toEqual(CLAIM)
    expect(await collect(pool.content(CLAIM))).toEqual(TEXT)
    expect(pool.bytesWritten).toBe(0)
  })

  test('stores bytes that flow once', async () => {
    const pool = new Pool(temporaryFolder, contextOf({}))
    expect(await putUnnamed(pool, inChunks(TEXT, 1))).toEqual(CLAIM)
    expect(pool.bytesWritten).toBe(TEXT.length)
  })
})

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

// biome-ignore lint/correctness/useYield: it is not to come that far
async function* untouchable(): Bytes {
  await Promise.reject(new Error('this was read'))
}
