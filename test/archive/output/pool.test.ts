import { readdir } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { Pool } from '../../../src/archive/output/pool.js'
import { type Bytes, single } from '../../../src/bytes/bytes.js'
import { contextOf, type Progress } from '../../../src/bytes/context.js'
import { digestOf } from '../../../src/spec/digest.js'
import { putDocument } from '../../../src/store/putContent.js'
import { collect, content, inChunks } from '../../fixtures/bytes.js'
import { folderAt, temporaryDirectory, temporaryFolder } from '../../fixtures/directory.js'

const BYTES = content(5000)
const CLAIM = { digest: digestOf(BYTES), size: BYTES.length }

describe('content that is put', () => {
  test('is spooled, and said to be what it was', async () => {
    const { pool, directory } = await newPool()
    expect(await pool.put(inChunks(BYTES, 700))).toEqual(CLAIM)
    expect(pool.bytesWritten).toBe(5000)
    expect(await readdir(directory)).toHaveLength(1)
    expect(await pool.has(CLAIM)).toBe(true)
    expect(await collect(pool.open(CLAIM))).toEqual(BYTES)
    expect(await collect(pool.open(CLAIM, 4000))).toEqual(BYTES.subarray(4000))
    expect(await collect(pool.content(CLAIM))).toEqual(BYTES)
  })

  test('is in one file, however often it comes', async () => {
    const { pool, directory } = await newPool()
    await pool.put(single(BYTES))
    await pool.put(single(BYTES))
    expect(await readdir(directory)).toHaveLength(1)
    expect(await collect(pool.open(CLAIM))).toEqual(BYTES)
  })

  test('is refused if it is not what its claim says', async () => {
    const { pool } = await newPool()
    const claim = { ...CLAIM, digest: digestOf(Buffer.from('other')) }
    await expect(pool.put(single(BYTES), claim)).rejects.toMatchObject({ code: 'INTEGRITY' })
    expect(await pool.has(claim)).toBe(false)
    expect(await pool.has(CLAIM)).toBe(false)
  })
})

describe('content that stays in place', () => {
  test('is not read before it is asked for, and takes no place', async () => {
    const { pool, asked } = await newPool()
    const { open, reads } = readable(BYTES)
    pool.leaveInPlace({ claim: CLAIM, open })
    expect([reads(), asked(), pool.bytesWritten]).toEqual([0, 0, 0])
    expect(await pool.has(CLAIM)).toBe(true)
    expect(await collect(pool.open(CLAIM))).toEqual(BYTES)
    expect(await collect(pool.open(CLAIM, 4990))).toEqual(BYTES.subarray(4990))
    expect(reads()).toBe(2)
  })

  test.each([
    ['another digest', { ...CLAIM, digest: digestOf(Buffer.from('other')) }],
    ['a larger size', { ...CLAIM, size: 5001 }],
    ['a smaller size', { ...CLAIM, size: 4999 }],
  ])('is checked when it is written: %s', async (_, claim) => {
    const { pool } = await newPool()
    pool.leaveInPlace({ claim, open: readable(BYTES).open })
    await expect(collect(pool.content(claim))).rejects.toMatchObject({ code: 'INTEGRITY', where: claim.digest })
  })

  test('is checked for what it was called by, in the words of who claimed it', async () => {
    const { pool } = await newPool()
    const claim = { digest: digestOf(Buffer.from('other')), size: 5000, what: 'diffID of layer 3' }
    pool.leaveInPlace({ claim, open: readable(BYTES).open })
    await expect(collect(pool.content(claim))).rejects.toThrow(/diffID of layer 3 differs/)
  })

  test('is seen by whoever shows progress as it is written, and counts as read', async () => {
    const seen: Progress[] = []
    const context = contextOf({ onProgress: (progress) => seen.push(progress) })
    const pool = new Pool(temporaryFolder, context)
    pool.leaveInPlace({ claim: CLAIM, open: readable(BYTES).open })
    expect([seen.length, context.bytesRead]).toEqual([0, 0])
    await collect(pool.content(CLAIM))
    expect(seen.at(-1)).toMatchObject({ done: 5000, total: 5000, ended: true })
    expect(context.bytesRead).toBe(5000)
  })

  test('stops when the work is to stop', async () => {
    const controller = new AbortController()
    const pool = new Pool(temporaryFolder, contextOf({ signal: controller.signal }))
    pool.leaveInPlace({ claim: CLAIM, open: readable(BYTES).open })
    controller.abort(new Error('stop'))
    await expect(collect(pool.content(CLAIM))).rejects.toThrow('stop')
  })
})

test('content that was spooled is not looked for in itself when it comes with another size', async () => {
  const { pool } = await newPool()
  await pool.put(single(BYTES))
  // As an archive on a pipe does: what has passed is read from the pool.
  let count = 0
  const claim = { ...CLAIM, size: 5001 }
  const open = (start?: number): Bytes => (++count > 10 ? untouchable() : pool.open(CLAIM, start))
  const reading = async () => {
    pool.leaveInPlace({ claim, open })
    await collect(pool.content(claim))
  }
  await expect(reading()).rejects.toMatchObject({ code: 'INTEGRITY', expected: 5001 })
})

test('a document stays in memory', async () => {
  const { pool, asked } = await newPool()
  await putDocument(pool, BYTES, CLAIM)
  expect(asked()).toBe(0)
  expect(await collect(pool.open(CLAIM, 10))).toEqual(BYTES.subarray(10))
})

test('what has another size is not there', async () => {
  const { pool } = await newPool()
  expect(await pool.has(CLAIM)).toBe(false)
  await pool.put(single(BYTES))
  expect(await pool.has({ ...CLAIM, size: 1 })).toBe(false)
  const text = Buffer.from('text')
  await putDocument(pool, text, { digest: digestOf(text), size: 4 })
  expect(await pool.has({ digest: digestOf(text), size: 5 })).toBe(false)
})

test('what was never put is missing', async () => {
  const { pool } = await newPool()
  expect(() => pool.open(CLAIM)).toThrow(expect.objectContaining({ code: 'NOT_FOUND', where: CLAIM.digest }))
  expect(() => pool.content(CLAIM)).toThrow(expect.objectContaining({ code: 'NOT_FOUND', where: CLAIM.digest }))
})

/** A pool, and how often it asked for a place to spool to. */
async function newPool() {
  const directory = await temporaryDirectory()
  let count = 0
  const pool = new Pool(() => {
    count++
    return Promise.resolve(folderAt(directory))
  }, contextOf({}))
  return { pool, directory, asked: () => count }
}

/** Content that can be opened again, and how often it was. */
function readable(bytes: Buffer) {
  let count = 0
  const open = (start = 0): Bytes => {
    count++
    return single(bytes.subarray(start))
  }
  return { open, reads: () => count }
}

// biome-ignore lint/correctness/useYield: it is not to come that far
async function* untouchable(): Bytes {
  await Promise.reject(new Error('this was read'))
}
