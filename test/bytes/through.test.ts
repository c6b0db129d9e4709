import { Transform } from 'node:stream'
import { createGunzip, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Bytes } from '../../src/bytes/bytes.js'
import { through } from '../../src/bytes/through.js'
import { collect, content, inChunks } from '../fixtures/bytes.js'

test('bytes come out as the stream changes them', async () => {
  const bytes = content(1000)
  expect(await collect(through(inChunks(bytes, 7), inverting()))).toEqual(bytes.map((byte) => byte ^ 0xff))
})

test('what the stream adds at its end comes too', async () => {
  const adding = new Transform({
    transform: (chunk: Buffer, _, done) => done(null, Buffer.from(chunk)),
    flush: (done) => done(null, 'end'),
  })
  expect((await collect(through(inChunks(Buffer.from('x'), 1), adding))).toString()).toBe('xend')
})

test('an error of the source is thrown, and destroys the stream', async () => {
  async function* failing(): Bytes {
    yield Buffer.from('x')
    throw new Error('disk on fire')
  }
  const transform = inverting()
  await expect(collect(through(failing(), transform))).rejects.toThrow('disk on fire')
  expect(transform.destroyed).toBe(true)
})

test('an error of the stream is thrown, and ends the source', async () => {
  const source = inChunks(content(10), 1)
  const refusing = new Transform({ transform: (_chunk, _, done) => done(new Error('not that')) })
  await expect(collect(through(source, refusing))).rejects.toThrow('not that')
  expect(await collect(source)).toHaveLength(0)
})

test('whoever stops reading destroys the stream', async () => {
  const transform = inverting()
  for await (const _ of through(inChunks(content(10), 1), transform)) break
  expect(transform.destroyed).toBe(true)
})

test.each(['first', 'last'])(
  'a stream that is destroyed while it is at work on the %s chunk fails so',
  async (which) => {
    let left = which === 'first' ? 1 : 10
    const breaking = new Transform({
      transform(_chunk, _, done) {
        if (--left === 0) this.destroy(new Error('broken'))
        else done()
      },
    })
    await expect(collect(through(inChunks(content(10), 1), breaking))).rejects.toThrow('broken')
  },
)

test.each([1, 3, 40])(
  'what the stream did not use before its own end is handed over, in chunks of %i',
  async (size) => {
    const compressed = gzipSync('text')
    const gunzip = createGunzip()
    const rest: Buffer[] = []
    const after = { used: () => gunzip.bytesWritten, rest: (bytes: Uint8Array) => void rest.push(Buffer.from(bytes)) }
    const bytes = inChunks(Buffer.concat([compressed, Buffer.from('\0 and more')]), size)
    expect((await collect(through(bytes, gunzip, after))).toString()).toBe('text')
    expect(Buffer.concat(rest).toString()).toBe('\0 and more')
  },
)

/** Takes its time, so that a chunk that is replaced too early is seen to be. */
function inverting(): Transform {
  return new Transform({
    transform: (chunk: Buffer, _, done) => {
      setImmediate(() =>
        done(
          null,
          chunk.map((byte) => byte ^ 0xff),
        ),
      )
    },
  })
}
