import { expect, test } from 'vitest'
import { abortable, untilAborted } from '../../src/bytes/abortable.js'
import type { Bytes } from '../../src/bytes/bytes.js'
import { collect, content, inChunks } from '../fixtures/bytes.js'

test('bytes that nobody stops come through', async () => {
  const bytes = content(1000)
  expect(await collect(abortable(inChunks(bytes, 7), new AbortController().signal))).toEqual(bytes)
})

test('the signal ends bytes that never come, with its reason', async () => {
  const controller = new AbortController()
  const reading = collect(abortable(silence(), controller.signal))
  controller.abort(new Error('enough'))
  await expect(reading).rejects.toThrow('enough')
})

test('the signal ends bytes that fall silent while their reader holds a chunk', async () => {
  const controller = new AbortController()
  const bytes = abortable(once(Buffer.from('x')), controller.signal)[Symbol.asyncIterator]()
  expect((await bytes.next()).value).toEqual(Buffer.from('x'))
  controller.abort(new Error('enough'))
  await expect(bytes.next()).rejects.toThrow('enough')
})

test('a signal that has aborted before lets nothing through', async () => {
  await expect(collect(abortable(inChunks(content(10), 5), AbortSignal.abort()))).rejects.toMatchObject({
    name: 'AbortError',
  })
})

test('an error of the source comes through', async () => {
  await expect(collect(abortable(failing(), new AbortController().signal))).rejects.toThrow('disk on fire')
})

test('whoever stops reading ends the source', async () => {
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  async function* source(): Bytes {
    try {
      yield* inChunks(content(10), 1)
    } finally {
      end()
    }
  }
  for await (const _ of abortable(source(), new AbortController().signal)) break
  await ended
})

async function* silence(): Bytes {
  await new Promise(() => {})
}

async function* once(chunk: Buffer): Bytes {
  yield chunk
  yield* silence()
}

async function* failing(): Bytes {
  yield Buffer.from('x')
  throw new Error('disk on fire')
}

test('bytes that never wait end with the chunk after the signal', async () => {
  const controller = new AbortController()
  let passed = 0
  const read = async () => {
    for await (const chunk of untilAborted(inChunks(content(100), 10), controller.signal)) {
      passed += chunk.length
      if (passed === 30) controller.abort(new Error('enough'))
    }
  }
  await expect(read()).rejects.toThrow('enough')
  expect(passed).toBe(30)
})

test('the process sees to its signals while very much passes that never waits', async () => {
  const controller = new AbortController()
  async function* zeros(): Bytes {
    const chunk = new Uint8Array(1024 * 1024)
    for (;;) yield chunk
  }
  setImmediate(() => controller.abort(new Error('enough')))
  const read = async () => {
    for await (const chunk of untilAborted(zeros(), controller.signal)) expect(chunk).toBeDefined()
  }
  await expect(read()).rejects.toThrow('enough')
})
