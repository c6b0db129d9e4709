import { readdir, realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { openStreamOutput } from '../../../src/archive/output/streamOutput.js'
import { type TarSource, wholeTar } from '../../../src/tar/write.js'
import { collect, content, inChunks } from '../../fixtures/bytes.js'

const ENTRIES = [10, 300_000, 0].map((size, at) => file(`${at}`, content(size, at + 1)))

describe('a stream', () => {
  test('gets the archive, though every chunk’s memory is used again, and is not ended', async () => {
    const stream = new PassThrough()
    const reading = collect(stream)
    const output = openStreamOutput(stream)
    await output.write(ENTRIES)
    await output.commit()
    await output[Symbol.asyncDispose]()
    expect([stream.writableEnded, stream.destroyed]).toEqual([false, false])
    stream.end('and more')
    const archive = await collect(wholeTar(ENTRIES))
    expect((await reading).equals(Buffer.concat([archive, Buffer.from('and more')]))).toBe(true)
    expect(output.bytesWritten).toBe(archive.length)
  })

  test('that is slow gets it all, a chunk at a time', async () => {
    let waiting = 0
    let most = 0
    const chunks: Buffer[] = []
    const stream = new Writable({
      highWaterMark: 1,
      write(chunk: Buffer, _, done) {
        most = Math.max(most, ++waiting)
        // Looked at only when it is done: that is how long the memory has to be left alone.
        setTimeout(() => {
          chunks.push(Buffer.from(chunk))
          waiting--
          done()
        }, 1)
      },
    })
    await openStreamOutput(stream).write(ENTRIES)
    expect(Buffer.concat(chunks).equals(await collect(wholeTar(ENTRIES)))).toBe(true)
    expect(most).toBe(1)
  })

  test('can be written only once', () => {
    expect(openStreamOutput(new PassThrough()).canRewrite).toBe(false)
  })
})

describe('what goes wrong', () => {
  test('with the stream while it is written is its error', async () => {
    const stream = new Writable({ write: (_chunk, _, done) => done(new Error('no reader')) })
    await expect(openStreamOutput(stream).write(ENTRIES)).rejects.toThrow('no reader')
  })

  test('with the stream between two chunks is its error', async () => {
    const stream = new Writable({ write: (_chunk, _, done) => done() })
    async function* breaking() {
      yield Buffer.alloc(512)
      stream.destroy(new Error('gone'))
      await sleep(5)
      yield Buffer.alloc(512)
    }
    const entry: TarSource = { ...file('f', Buffer.alloc(0)), size: 1024, content: breaking }
    await expect(openStreamOutput(stream).write([entry])).rejects.toThrow('gone')
  })

  test('with the stream before anything was written is its error', async () => {
    const stream = new Writable({ write: (_chunk, _, done) => done() })
    const output = openStreamOutput(stream)
    stream.destroy(new Error('gone'))
    await sleep(5)
    await expect(output.write(ENTRIES)).rejects.toThrow('gone')
  })

  test('because the stream was ended or closed by others is an error', async () => {
    const ended = new PassThrough()
    ended.end()
    await expect(openStreamOutput(ended).write(ENTRIES)).rejects.toThrow(/end/)
    const closed = new PassThrough()
    closed.destroy()
    await sleep(5)
    await expect(openStreamOutput(closed).write(ENTRIES)).rejects.toThrow(/closed/)
  })

  test.each([
    ['an error', new Error('gone')],
    ['no word', undefined],
  ])(
    'because the stream was closed with %s while a chunk was waiting is an error',
    async (_, error) => {
      const stream = new PassThrough({ highWaterMark: 1 })
      const writing = openStreamOutput(stream).write(ENTRIES)
      setTimeout(() => stream.destroy(error), 10)
      await expect(writing).rejects.toThrow(error?.message ?? Error)
    },
    5000,
  )

  test('by an abortion stops also while nobody reads', async () => {
    const controller = new AbortController()
    const stuck = new Writable({ write: () => {} })
    const writing = openStreamOutput(stuck, { signal: controller.signal }).write(ENTRIES)
    setTimeout(() => controller.abort(new Error('stop')), 10)
    await expect(writing).rejects.toThrow('stop')
  })

  test('by an abortion before writes nothing', async () => {
    const stream = new PassThrough()
    const output = openStreamOutput(stream, { signal: AbortSignal.abort(new Error('stop')) })
    await expect(output.write(ENTRIES)).rejects.toThrow('stop')
    expect(stream.readableLength).toBe(0)
  })

  test('with an entry is the entry’s error', async () => {
    const stream = new PassThrough().resume()
    const entry = { ...file('broken', Buffer.alloc(3)), size: 4 }
    await expect(openStreamOutput(stream).write([entry])).rejects.toMatchObject({ code: 'INTEGRITY', where: 'broken' })
  })
})

test('many chunks leave no listeners behind', async () => {
  const warnings: Error[] = []
  const onWarning = (warning: Error) => warnings.push(warning)
  process.on('warning', onWarning)
  const { signal } = new AbortController()
  const stream = new PassThrough().resume()
  const before = stream.listenerCount('error')
  const output = openStreamOutput(stream, { signal })
  await output.write(Array.from({ length: 100 }, (_, at) => file(`${at}`, content(10))))
  await sleep(5)
  process.off('warning', onWarning)
  expect(warnings).toEqual([])
  expect(stream.listenerCount('error') - before).toBeLessThanOrEqual(1)
})

test('there is a place to spool to when it is asked for, once, and it goes with the output', async () => {
  const output = openStreamOutput(new PassThrough())
  const [one, two] = await Promise.all([output.spool(), output.spool()])
  expect(one).toBe(two)
  const path = await realpath(one.at())
  expect(dirname(path)).toBe(await realpath(tmpdir()))
  expect(await readdir(path)).toEqual(['owner'])
  await output[Symbol.asyncDispose]()
  await expect(readdir(path)).rejects.toMatchObject({ code: 'ENOENT' })
})

function file(path: string, bytes: Buffer): TarSource {
  return { path, type: 'file', mode: 0o644, mtime: 0, size: bytes.length, content: () => inChunks(bytes, 1000) }
}
