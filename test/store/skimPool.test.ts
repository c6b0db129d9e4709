import { describe, expect, test } from 'vitest'
import { type Bytes, single } from '../../src/bytes/bytes.js'
import { digestOf } from '../../src/spec/digest.js'
import { DOCUMENT_LIMIT } from '../../src/spec/parse.js'
import { putDocument } from '../../src/store/putContent.js'
import { LARGEST, SkimPool } from '../../src/store/skimPool.js'
import { collect, content, inChunks } from '../fixtures/bytes.js'

const TEXT = Buffer.from(' \n{"schemaVersion":2,"layers":[]}')
const NO_TEXT = content(5000)

/** As much as all documents together may take: less than what docs/performance.md says of all memory. */
const ENOUGH = 64 * 1024 * 1024

describe('what is put', () => {
  test.each([
    ['a document', TEXT],
    ['something else', NO_TEXT],
    ['nothing', Buffer.alloc(0)],
  ])('is said to be what it was, and is there: %s', async (_, bytes) => {
    const pool = new SkimPool()
    expect(await pool.put(inChunks(bytes, 700))).toEqual(claimOf(bytes))
    expect(await pool.has(claimOf(bytes))).toBe(true)
    expect(pool.bytesWritten).toBe(0)
  })

  test('is not there with another size, nor if it never was put', async () => {
    const pool = new SkimPool()
    await pool.put(single(TEXT))
    expect(await pool.has({ ...claimOf(TEXT), size: 1 })).toBe(false)
    expect(await pool.has(claimOf(NO_TEXT))).toBe(false)
  })

  test.each([
    ['another digest', { ...claimOf(TEXT), digest: digestOf(NO_TEXT) }],
    ['a larger size', { ...claimOf(TEXT), size: TEXT.length + 1 }],
    ['a smaller size', { ...claimOf(TEXT), size: TEXT.length - 1 }],
  ])('has to be what is claimed: %s', async (_, claim) => {
    const pool = new SkimPool()
    await expect(pool.put(single(TEXT), claim)).rejects.toMatchObject({ code: 'INTEGRITY' })
    expect([await pool.has(claim), await pool.has(claimOf(TEXT))]).toEqual([false, false])
    expect(() => pool.open(claimOf(TEXT))).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }))
  })

  test('is known by the algorithm that is claimed', async () => {
    const pool = new SkimPool()
    const claim = { digest: digestOf(TEXT, 'sha512'), size: TEXT.length }
    expect(await pool.put(single(TEXT), claim)).toEqual(claim)
    expect(await collect(pool.open(claim))).toEqual(TEXT)
  })

  test('that fails on the way is not there', async () => {
    const pool = new SkimPool()
    await expect(pool.put(failing(TEXT))).rejects.toThrow('broke off')
    expect(await pool.has(claimOf(TEXT))).toBe(false)
  })
})

describe('a document', () => {
  test.each([1, 2, 7, 65536])('is kept, in memory of its own, in whatever chunks it comes: %i', async (size) => {
    const pool = new SkimPool()
    await pool.put(inChunks(TEXT, size))
    expect(await collect(pool.open(claimOf(TEXT)))).toEqual(TEXT)
    expect(await collect(pool.open(claimOf(TEXT), 5))).toEqual(TEXT.subarray(5))
  })

  test('that transload made is kept', async () => {
    const pool = new SkimPool()
    await putDocument(pool, TEXT, claimOf(TEXT))
    expect(await collect(pool.open(claimOf(TEXT)))).toEqual(TEXT)
  })

  test('is kept up to the size that documents may have', async () => {
    const pool = new SkimPool()
    const [largest, tooLarge] = [document(0, LARGEST), document(0, LARGEST + 1)]
    for (const bytes of [largest, tooLarge]) await pool.put(inChunks(bytes, 1 << 20))
    expect((await collect(pool.open(claimOf(largest)))).equals(largest)).toBe(true)
    expect(await pool.has(claimOf(tooLarge))).toBe(true)
    expect(() => pool.open(claimOf(tooLarge))).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }))
  })

  test('does not take place again when it comes again', async () => {
    const pool = new SkimPool()
    for (let at = 0; at < 100; at++) await pool.put(single(document(0)))
    await pool.put(single(document(1)))
    expect((await collect(pool.open(claimOf(document(1))))).equals(document(1))).toBe(true)
  })
})

test('what is no document is not kept, and it says what to do', async () => {
  const pool = new SkimPool()
  const claim = await pool.put(single(Buffer.alloc(20_000, NO_TEXT)))
  expect(() => pool.open(claim)).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED', where: claim.digest, hint: 'give the archive as a file' }),
  )
})

test('memory stays bounded, however many documents come', async () => {
  const pool = new SkimPool()
  let kept = 0
  for (let at = 0; at < 100; at++) {
    const claim = await pool.put(single(document(at)))
    if (await isKept(pool, claim)) kept += claim.size
  }
  expect(kept).toBeGreaterThan(0)
  expect(kept).toBeLessThanOrEqual(ENOUGH)
})

test('memory stays bounded, however large the content is', async () => {
  const pool = new SkimPool()
  const before = process.memoryUsage().arrayBuffers
  const { size } = await pool.put(endless(256))
  expect(size).toBe(256 << 20)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 << 20)
})

function claimOf(bytes: Buffer) {
  return { digest: digestOf(bytes), size: bytes.length }
}

/** A document as large as they may be, another one for each number. */
function document(number: number, size = DOCUMENT_LIMIT): Buffer {
  const bytes = Buffer.alloc(size, ' ')
  bytes.write(`[${number}]`)
  return bytes
}

async function isKept(pool: SkimPool, claim: ReturnType<typeof claimOf>): Promise<boolean> {
  try {
    return (await collect(pool.open(claim))).length > 0
  } catch {
    return false
  }
}

/** So many MiB that begin as a document does, always in the same memory. */
async function* endless(mebibytes: number): Bytes {
  const chunk = Buffer.alloc(1 << 20, '[')
  for (let at = 0; at < mebibytes; at++) yield chunk
}

async function* failing(bytes: Buffer): Bytes {
  yield* single(bytes)
  await Promise.reject(new Error('broke off'))
}
