import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { finished } from 'node:stream/promises'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import * as tarFS from 'tar-fs'
import * as tarStream from 'tar-stream'
import { describe, expect, test } from 'vitest'
import { convert } from '../../../src/commands/convert.js'
import { inspect } from '../../../src/commands/inspect.js'
import type { ImageDestination, ImageSource } from '../../../src/transport/endpoints.js'
import { content } from '../../fixtures/bytes.js'
import { filesBelow, temporaryDirectory, temporaryFile } from '../../fixtures/directory.js'
import { dockerArchive, image } from '../../fixtures/image.js'
import { converted, unpacked } from '../../fixtures/layout.js'

const archive = dockerArchive(image({ files: ['one', 'two'] }))

/** The archive as others have it. */
const SOURCES: Record<string, () => Promise<ImageSource>> = {
  'a Buffer': async () => archive,
  'a Uint8Array': async () => new Uint8Array(archive),
  'a file URL': async () => pathToFileURL(await temporaryFile(archive, 'with space.tar')),
  'a file stream': async () => createReadStream(await temporaryFile(archive)),
  'a Readable of chunks': async () => Readable.from([archive.subarray(0, 700), archive.subarray(700)]),
  'an async generator': async () => chunks(),
  'an async iterable': async () => ({ [Symbol.asyncIterator]: () => chunks() }),
  'a ReadableStream': async () => new Blob([new Uint8Array(archive)]).stream(),
  'a ReadableStream of Node’s': async () => Readable.toWeb(Readable.from([archive])),
  'what tar-stream packs': packed,
  'what tar-fs packs': async () => tarFS.pack(await unpacked(archive)),
}

describe.each(Object.entries(SOURCES))('%s', (_, open) => {
  test('is a source like the file', async () => {
    const { files } = await converted(archive)
    const path = join(await temporaryDirectory(), 'layout')
    await convert(await open(), path)
    expect(await filesBelow(path)).toEqual(files)
    expect((await inspect(await open())).images).toEqual((await inspect(archive)).images)
  })

  test('is closed where the destination is refused', async () => {
    const taken = await temporaryFile(Buffer.from('mine'))
    const source = await open()
    await expect(convert(source, taken)).rejects.toMatchObject({ code: 'EXISTS' })
    if (source instanceof Readable) expect([source.destroyed, source.errored]).toEqual([true, null])
    expect(await readFile(taken, 'latin1')).toBe('mine')
  })
})

/** The start of the archive, and then nothing more, ever. */
const STUCK: Record<string, (onEnd: () => void) => ImageSource> = {
  'a Readable': (destroy) =>
    new Readable({ read() {}, destroy: (error, done) => [destroy(), done(error)] }).on('error', () => {}),
  'a ReadableStream': (cancel) => new ReadableStream<Uint8Array>({ cancel }),
  'tar-stream’s': (onEnd) => {
    const pack = tarStream.pack()
    pack.on('close', onEnd)
    return pack
  },
  'an async iterable': (onEnd) => {
    const iterator = { next: () => new Promise<never>(() => {}), return: async () => [onEnd(), { done: true }][1] }
    return { [Symbol.asyncIterator]: () => iterator as unknown as AsyncIterator<Uint8Array> }
  },
}

test.each(Object.entries(STUCK))('%s of which nothing comes is ended by the signal', async (_, open) => {
  const place = await temporaryDirectory()
  const controller = new AbortController()
  let onEnd = () => {}
  const ended = new Promise<void>((resolve) => {
    onEnd = resolve
  })
  const converting = convert(open(onEnd), join(place, 'out'), { signal: controller.signal })
  setTimeout(() => controller.abort(new Error('enough')), 20)
  await expect(converting).rejects.toThrow('enough')
  await ended
  expect(await readdir(place)).toEqual([])
})

test('bytes in memory stay as they are', async () => {
  const packed = gzipSync(archive)
  const before = Buffer.from(packed)
  for (const layers of ['keep', 'gzip', 'zstd'] as const) {
    await convert(packed, join(await temporaryDirectory(), 'out'), { layers })
    expect(packed.equals(before)).toBe(true)
  }
})

test('a Readable that is read to its end meets no error', async () => {
  const source = Readable.from([archive])
  await inspect(source)
  expect(source.errored).toBe(null)
})

test('a ReadableStream that another reads is refused', async () => {
  const source = new Blob(['x']).stream()
  source.getReader()
  await expect(inspect(source)).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('locked') })
})

describe('as a destination', () => {
  test.each([undefined, false])('a Writable is not ended: %s', async (end) => {
    const stream = new PassThrough()
    const reading = buffer(stream)
    const before = stream.listenerCount('error')
    await convert(archive, stream, { end })
    expect(stream.listenerCount('error')).toBe(before)
    expect([stream.writableEnded, stream.destroyed]).toEqual([false, false])
    stream.end('more')
    expect((await reading).equals(Buffer.concat([await expected(), Buffer.from('more')]))).toBe(true)
  })

  test('a Writable is ended where that is asked for, and waited for', async () => {
    const path = join(await temporaryDirectory(), 'out.tar')
    const stream = createWriteStream(path)
    await convert(archive, stream, { end: true })
    expect(stream.writableFinished).toBe(true)
    expect((await readFile(path)).equals(await expected())).toBe(true)
  })

  test('a WritableStream is closed, and left open where that is asked for', async () => {
    for (const end of [undefined, true, false]) {
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
      const reading = buffer(readable)
      await convert(archive, writable, { end })
      expect(writable.locked).toBe(false)
      if (end === false) await writable.getWriter().close()
      expect((await reading).equals(await expected())).toBe(true)
    }
  })

  test('tar-fs’s extract gets all, is finished with `end`, and open without', async () => {
    for (const end of [true, false]) {
      const path = join(await temporaryDirectory(), 'out')
      const extract = tarFS.extract(path)
      await convert(archive, extract, { end })
      if (!end) {
        extract.end(null)
        await finished(extract)
      }
      expect(Object.keys(await filesBelow(path))).toContain('manifest.json')
    }
  })

  test('tar-stream’s extract gets all, however slowly it takes it', async () => {
    const extract = tarStream.extract()
    const names: string[] = []
    extract.on('entry', ({ name }, entry, next) => {
      names.push(name)
      entry.on('end', () => setTimeout(next, 1)).resume()
    })
    await convert(dockerArchive(image({ files: [content(300_000).toString()] })), extract, { end: true })
    expect(names).toContain('manifest.json')
  })

  test('tar-stream’s pack, which is written to in another way, is refused', async () => {
    await expect(convert(archive, tarStream.pack() as never)).rejects.toMatchObject({ code: 'USAGE' })
  })

  test('a file URL is a path, whatever it looks like', async () => {
    const place = await temporaryDirectory()
    await convert(archive, pathToFileURL(join(place, 'with space.tar')))
    await convert(archive, new URL('layout', pathToFileURL(`${place}/`)))
    await mkdir(join(place, 'oci:app'))
    expect((await readdir(place)).sort()).toEqual(['layout', 'oci:app', 'with space.tar'])
  })

  test('a WritableStream that another writes to is refused', async () => {
    const { writable } = new TransformStream<Uint8Array, Uint8Array>()
    writable.getWriter()
    const locked = { code: 'USAGE', message: expect.stringContaining('locked') }
    await expect(convert(archive, writable)).rejects.toMatchObject(locked)
  })
})

describe('a destination that fails or is stuck ends the work:', () => {
  const broken = gzipSync(archive).subarray(0, -20)

  test('a stream that is to be ended is destroyed with what went wrong', async () => {
    const stream = new PassThrough().resume()
    await expect(convert(broken, stream, { end: true })).rejects.toMatchObject({ code: 'FORMAT' })
    expect([stream.writableFinished, stream.destroyed]).toEqual([false, true])
  })

  test('a WritableStream is aborted, so that its reader does not wait', async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const reading = buffer(readable)
    await expect(convert(broken, writable)).rejects.toMatchObject({ code: 'FORMAT' })
    await expect(reading).rejects.toBeDefined()
  })

  test('a stream that is not to be ended stays open', async () => {
    const stream = new PassThrough().resume()
    await expect(convert(broken, stream)).rejects.toMatchObject({ code: 'FORMAT' })
    expect([stream.writableEnded, stream.destroyed]).toEqual([false, false])
  })

  test.each<[string, () => ImageDestination]>([
    ['a Writable', () => new Writable({ write: () => {} })],
    ['a Writable that never finishes', () => new Writable({ write: (_, __, done) => done(), final: () => {} })],
    ['a WritableStream', () => new TransformStream<Uint8Array, Uint8Array>().writable],
    [
      'a WritableStream that never closes',
      () => new WritableStream<Uint8Array>({ close: () => new Promise(() => {}) }),
    ],
    ['tar-stream’s extract', () => tarStream.extract().on('entry', () => {})],
  ])('%s that takes no more is left by the signal', async (_, open) => {
    const stopped = convert(archive, open(), { signal: AbortSignal.timeout(100), end: true })
    await expect(stopped).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  test('a stream that was closed is told', async () => {
    const closed = new PassThrough()
    closed.destroy()
    await expect(convert(archive, closed)).rejects.toMatchObject({ code: 'SYSTEM' })
    const extract = tarStream.extract()
    extract.destroy()
    await expect(convert(archive, extract)).rejects.toMatchObject({ code: 'SYSTEM' })
  })

  test('a stream that others close while it is written is told', async () => {
    const extract = tarStream.extract()
    extract.on('entry', () => extract.destroy())
    await expect(convert(archive, extract)).rejects.toMatchObject({ code: 'SYSTEM' })
    const theirs = new Error('theirs')
    const failing = tarStream.extract()
    failing.on('entry', () => failing.destroy(theirs))
    await expect(convert(archive, failing)).rejects.toBe(theirs)
  })
})

async function* chunks() {
  for (let at = 0; at < archive.length; at += 1000) yield archive.subarray(at, at + 1000)
}

/** The archive, packed anew by tar-stream as it goes. */
async function packed() {
  const pack = tarStream.pack()
  const extract = tarStream.extract()
  extract.on('entry', (header, entry, next) => entry.pipe(pack.entry(header, next)))
  extract.on('finish', () => pack.finalize())
  extract.end(archive)
  return pack
}

async function expected(): Promise<Buffer> {
  const path = join(await temporaryDirectory(), 'expected.tar')
  await convert(await temporaryFile(archive), path)
  return readFile(path)
}
