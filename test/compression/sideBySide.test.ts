import { expect, test } from 'vitest'
import { type Stop, sideBySide } from '../../src/compression/sideBySide.js'
import { collect, content, inChunks } from '../fixtures/bytes.js'

const SIZE = 1000
const BYTES = content(10 * SIZE + 7)

test.each([1, 3, 64])('blocks come out in their order, whichever is ready first, with %i jobs', async (jobs) => {
  let left = 11
  const compress = async (block: Uint8Array) => {
    await turns(--left)
    return { pieces: [Buffer.from(block.subarray(0, 400)), Buffer.from(block.subarray(400))], block }
  }
  const compressed = await collect(sideBySide(inChunks(BYTES, 333), { size: SIZE, jobs, compress }))
  expect(compressed.equals(BYTES)).toBe(true)
})

test('so many are at work at a time as there are jobs, and one, whatever else is compressed', async () => {
  let atWork = 0
  let most = 0
  const compress = async (block: Uint8Array) => {
    most = Math.max(most, ++atWork)
    await turns(5)
    atWork--
    return { pieces: [Buffer.from(block)], block }
  }
  const all = [1, 2, 3].map(() => collect(sideBySide(inChunks(BYTES, 333), { size: SIZE, jobs: 2, compress })))
  for (const compressed of await Promise.all(all)) expect(compressed.equals(BYTES)).toBe(true)
  expect(most).toBe(3)
})

test('a failure is thrown, and leaves room for others', async () => {
  const failing = async (): Promise<never> => {
    await turns(2)
    throw new Error('no room')
  }
  const compress = async (block: Uint8Array) => ({ pieces: [Buffer.from(block)], block })
  for (let round = 0; round < 5; round++) {
    const compressing = collect(sideBySide(inChunks(BYTES, 333), { size: SIZE, jobs: 1, compress: failing }))
    await expect(compressing).rejects.toThrow('no room')
  }
  expect((await collect(sideBySide(inChunks(BYTES, 333), { size: SIZE, jobs: 1, compress }))).equals(BYTES)).toBe(true)
})

test('memory of a block is used again, and never while it is at work', async () => {
  const seen = new Set<ArrayBufferLike>()
  const atWork = new Set<ArrayBufferLike>()
  const compress = async (block: Uint8Array) => {
    expect(atWork.has(block.buffer)).toBe(false)
    atWork.add(block.buffer)
    seen.add(block.buffer)
    await turns(3)
    atWork.delete(block.buffer)
    return { pieces: [Buffer.from(block)], block }
  }
  await collect(sideBySide(inChunks(content(50 * SIZE), 333), { size: SIZE, jobs: 2, compress }))
  expect(seen.size).toBeLessThan(10)
})

test('contents that are compressed at a time share the memory of blocks', async () => {
  const seen = new Set<ArrayBufferLike>()
  const compress = async (block: Uint8Array) => {
    seen.add(block.buffer)
    await turns(3)
    return { pieces: [Buffer.from(block)], block }
  }
  const bytes = content(50 * SIZE)
  const all = [1, 2, 3, 4].map(() => collect(sideBySide(inChunks(bytes, 333), { size: SIZE, jobs: 2, compress })))
  for (const compressed of await Promise.all(all)) expect(compressed.equals(bytes)).toBe(true)
  // Three at work, and for each content one that is filled.
  expect(seen.size).toBeLessThanOrEqual(3 + 4)
})

test.each([
  ['its reader leaves', { leave: true }],
  ['its source fails', { fail: true }],
  ['it is stopped', { abort: true }],
  ['it is done', {}],
])(
  'whoever is at work is told to stop when %s',
  async (_, end: { leave?: boolean; fail?: boolean; abort?: boolean }) => {
    const controller = new AbortController()
    const told = new Set<Stop>()
    const compress = async (block: Uint8Array, stop: Stop) => {
      told.add(stop)
      expect(Atomics.load(stop, 0)).toBe(0)
      await turns(2)
      if (end.abort) controller.abort(new Error('enough'))
      return { pieces: [Buffer.from(block)], block }
    }
    async function* source() {
      yield* inChunks(BYTES, 333)
      if (end.fail) throw new Error('enough')
    }
    const read = async () => {
      const options = { size: SIZE, jobs: 2, compress, signal: controller.signal }
      for await (const piece of sideBySide(source(), options)) if (end.leave && piece.length > 0) return
    }
    if (end.fail || end.abort) await expect(read()).rejects.toThrow('enough')
    else await read()
    expect([...told].map((stop) => Atomics.load(stop, 0))).toEqual([1])
  },
)

test('after the signal no block is begun', async () => {
  const controller = new AbortController()
  let begun = 0
  const compress = async (block: Uint8Array) => {
    if (++begun === 3) controller.abort(new Error('enough'))
    await turns(3)
    return { pieces: [Buffer.from(block)], block }
  }
  const options = { size: SIZE, jobs: 1, compress, signal: controller.signal }
  await expect(collect(sideBySide(inChunks(BYTES, 333), options))).rejects.toThrow('enough')
  await turns(20)
  expect(begun).toBe(3)
})

test('the signal is heard while a block is at work, and while there is no place for one; others go on', async () => {
  const controller = new AbortController()
  const release: (() => void)[] = []
  const compress = async (block: Uint8Array) => {
    await new Promise<void>((resolve) => release.push(resolve))
    return { pieces: [Buffer.from(block)], block }
  }
  const options = { size: SIZE, jobs: 1, compress }
  const stopped = [1, 2, 3].map(() =>
    collect(sideBySide(inChunks(BYTES, 333), { ...options, signal: controller.signal })),
  )
  const settled = Promise.allSettled(stopped)
  await turns(20)
  const other = collect(sideBySide(inChunks(BYTES, 333), options))
  await turns(20)
  controller.abort(new Error('enough'))
  for (const { status } of await settled) expect(status).toBe('rejected')
  const isDone = other.then(() => true)
  while (!(await Promise.race([isDone, turns(1)]))) for (const one of release.splice(0)) one()
  expect((await other).equals(BYTES)).toBe(true)
})

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}
