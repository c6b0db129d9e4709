import { execFile } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { abortable } from '../../src/bytes/abortable.js'
import type { Bytes } from '../../src/bytes/bytes.js'
import { unpackedInThread } from '../../src/compression/unpackThread.js'
import { unxz } from '../../src/compression/xz.js'
import { ImageError } from '../../src/spec/errors.js'
import { collect, inChunks } from '../fixtures/bytes.js'
import { BZIP2_ZEROS, XZ_ZEROS, ZEROS_SIZE } from '../fixtures/packed.js'
import { ended, threadsOf } from '../fixtures/threads.js'
import { BZIP2_LAYER, XZ_LAYER } from '../variants/compressed.js'
import { LAYER } from '../variants/variant.js'

describe.each([
  ['xz', XZ_LAYER, XZ_ZEROS],
  ['bzip2', BZIP2_LAYER, BZIP2_ZEROS],
] as const)('decompressing %s in a thread', (packing, packed, zeros) => {
  test('takes chunks of nothing for nothing, and not for the end', async () => {
    const source = pieces([[], packed.subarray(0, 60), [], [], packed.subarray(60), []].map((one) => Buffer.from(one)))
    expect((await collect(unpackedInThread(source, packing))).equals(LAYER)).toBe(true)
  })

  test('leaves the memory of the chunks to who made them', async () => {
    const chunks = [packed.subarray(0, 60), packed.subarray(60)].map((one) => Buffer.from(one))
    await collect(unpackedInThread(pieces(chunks), packing))
    expect(Buffer.concat(chunks).equals(packed)).toBe(true)
  })

  test('starts nothing before somebody reads', async () => {
    let isOpen = false
    async function* source(): Bytes {
      isOpen = true
      yield packed
    }
    expect(await threadsOf(async () => unpackedInThread(source(), packing))).toEqual([])
    expect(isOpen).toBe(false)
  })

  const failures = [new Error('disk on fire'), new ImageError('FORMAT', 'failed with error code 6'), 'no error at all']
  test.each(failures)('passes on the failure of the source as it is: %s', async (failure) => {
    for (const length of [0, 1, 60, packed.length]) {
      const read = collect(unpackedInThread(failing(packed.subarray(0, length), failure), packing))
      await expect(read).rejects.toBe(failure)
    }
  })

  test.each([
    ['was read to the end', (bytes: Bytes) => collect(bytes), packed],
    ['turned out damaged', (bytes: Bytes) => collect(bytes).catch(() => {}), packed.subarray(0, 100)],
    [
      'was followed by something else',
      (bytes: Bytes) => collect(bytes).catch(() => {}),
      Buffer.concat([packed, packed.subarray(0, 50)]),
    ],
    ['was left after the first chunk', firstOf, Buffer.concat([zeros, zeros, zeros])],
  ])('leaves neither a thread nor the source open that %s', async (_, read, bytes) => {
    let isClosed = false
    async function* source(): Bytes {
      try {
        yield* inChunks(bytes, 20)
      } finally {
        isClosed = true
      }
    }
    const threads = await threadsOf(() => read(unpackedInThread(source(), packing)))
    expect(threads).toHaveLength(1)
    for (const thread of threads) await ended(thread)
    expect(isClosed).toBe(true)
  })

  test('leaves no thread when the source fails', async () => {
    const threads = await threadsOf(() =>
      collect(unpackedInThread(failing(packed.subarray(0, 9), new Error('disk on fire')), packing)).catch(() => {}),
    )
    expect(threads).toHaveLength(1)
    for (const thread of threads) await ended(thread)
  })

  test('ends with the signal while the source stalls, and leaves no thread', async () => {
    const controller = new AbortController()
    async function* stalling(): Bytes {
      yield packed.subarray(0, 60)
      controller.abort()
      await new Promise(() => {})
    }
    const threads = await threadsOf(async () => {
      const read = collect(unpackedInThread(abortable(stalling(), controller.signal), packing))
      await expect(read).rejects.toMatchObject({ name: 'AbortError' })
    })
    for (const thread of threads) await ended(thread)
  })

  test('reads no further ahead than the reader has got', async () => {
    let given = 0
    async function* source(): Bytes {
      for (; given < 40; given++) yield zeros
    }
    let taken = 0
    for await (const chunk of unpackedInThread(source(), packing)) {
      taken += chunk.length
      await setTimeout(5)
      expect(given).toBeLessThanOrEqual(taken / ZEROS_SIZE + 2)
    }
    expect(taken).toBe(40 * ZEROS_SIZE)
  })

  test('holds little of a quarter of a gigabyte that few bytes become, while the reader is slow', async () => {
    const bomb = Buffer.concat(Array.from({ length: 256 }, () => zeros))
    const before = process.memoryUsage().rss
    let [taken, most] = [0, 0]
    for await (const chunk of unpackedInThread(pieces([bomb]), packing)) {
      taken += chunk.length
      await setTimeout(1)
      most = Math.max(most, process.memoryUsage().rss - before)
    }
    expect(taken).toBe(256 * ZEROS_SIZE)
    // xz has a dictionary of 64 MiB.
    expect(most).toBeLessThan(200 * 1024 * 1024)
  })

  test.each([
    ['stopped', 'break'],
    ['waits for nothing more', 'await bytes.next(); return'],
    ['failed', 'throw new Error()'],
  ])('lets the process end by itself whose reader %s in the middle', async (_, then) => {
    const code = `
      import { unpackedInThread } from ${JSON.stringify(new URL('../../dist/compression/unpackThread.js', import.meta.url))}
      const packed = Buffer.from('${zeros.toString('base64')}', 'base64')
      async function* source() { for (;;) yield packed }
      const bytes = unpackedInThread(source(), '${packing}')
      async function read() { for await (const chunk of bytes) { ${then} } }
      await read().catch(() => {})
      console.log('read')`
    const child = promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], { timeout: 20_000 })
    expect((await child).stdout).toBe('read\n')
  })
})

test('a failure of the source is not taken for one of the xz decoder', async () => {
  const failure = new ImageError('INTEGRITY', 'size differs', { expected: 5, found: 6 })
  await expect(collect(unxz(failing(XZ_LAYER.subarray(0, 50), failure)))).rejects.toBe(failure)
})

async function* pieces(chunks: Buffer[]): Bytes {
  for (const chunk of chunks) yield await Promise.resolve(chunk)
}

async function* failing(start: Buffer, failure: unknown): Bytes {
  yield* inChunks(start, 10)
  throw failure
}

async function firstOf(bytes: Bytes): Promise<void> {
  for await (const chunk of bytes) {
    expect(chunk.length).toBeGreaterThan(0)
    return
  }
}
