import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { convert } from '../../../src/commands/convert.js'
import { inspect } from '../../../src/commands/inspect.js'
import type { ConvertOptions } from '../../../src/commands/options.js'
import { ImageError } from '../../../src/spec/errors.js'
import type { ImageDestination, ImageSource } from '../../../src/transport/endpoints.js'
import { lopsidedArchive } from '../../fixtures/archives.js'
import { temporaryDirectory, temporaryFile } from '../../fixtures/directory.js'
import { dockerArchive, image } from '../../fixtures/image.js'

const archive = dockerArchive(image())

/** What callers throw: also what looks as if it were ours, the system's, or an abortion. */
const THROWN: [string, unknown][] = [
  ['an error', new TypeError('theirs')],
  ['an error of the system', Object.assign(new Error('theirs'), { code: 'ENOENT', syscall: 'open' })],
  ['an error of ours', new ImageError('FORMAT', 'theirs')],
  ['an AbortError', new DOMException('theirs', 'AbortError')],
]

describe.each(THROWN)('%s', (_, thrown) => {
  test.each([
    ['at once', Buffer.alloc(0)],
    ['in a layer', archive.subarray(0, 3000)],
    ['in a compressed archive', gzipSync(archive).subarray(0, 300)],
  ])('of an async iterable, thrown %s, comes back as it is', async (_when, before) => {
    async function* breaking() {
      yield before
      throw thrown
    }
    await expectThrown((place) => convert(breaking(), join(place, 'out')), thrown)
    await expectThrown(() => inspect(breaking(), { full: true }), thrown)
  })

  test('of a Readable comes back as it is', async () => {
    const failing = () =>
      new Readable({
        read() {
          this.push(archive.subarray(0, 3000))
          this.destroy(thrown as Error)
        },
      })
    await expectThrown((place) => convert(failing(), join(place, 'out')), thrown)
    await expectThrown((place) => convert(failing(), join(place, 'out.tar')), thrown)
  })

  test('of a ReadableStream comes back as it is', async () => {
    const failing = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(thrown)
      },
    })
    await expectThrown((place) => convert(failing, join(place, 'out')), thrown)
  })

  test('of a Writable comes back as it is', async () => {
    const failing = new Writable({ write: (_chunk, __, done) => done(thrown as Error) })
    await expectThrown(() => convert(archive, failing), thrown)
  })

  test('of a WritableStream comes back as it is', async () => {
    const failing = new WritableStream<Uint8Array>({
      write() {
        throw thrown
      },
    })
    await expectThrown(() => convert(archive, failing), thrown)
  })

  test('of onProgress and onWarning comes back as it is', async () => {
    const source = await temporaryFile(lopsidedArchive())
    const fail = () => {
      throw thrown
    }
    for (const options of [{ onProgress: fail }, { onWarning: fail }]) {
      await expectThrown((place) => convert(source, join(place, 'out'), options), thrown)
      await expectThrown(() => inspect(source, { full: true, ...options }), thrown)
    }
  })

  test('of the signal comes back as it is', async () => {
    const controller = new AbortController()
    const options = { signal: controller.signal, onProgress: () => controller.abort(thrown) }
    await expectThrown((place) => convert(archive, join(place, 'out'), options), thrown)
  })
})

test('a warning that is thrown about one image is not taken for what is wrong with it', async () => {
  const named = archive.toString('latin1').replaceAll('app:v1', 'App:v1')
  const thrown = new Error('theirs')
  const onWarning = () => {
    throw thrown
  }
  await expectThrown(() => inspect(Buffer.from(named, 'latin1'), { onWarning }), thrown)
})

test('a source that is not there is NOT_FOUND, with its path', async () => {
  const found = {
    code: 'NOT_FOUND',
    where: '/nowhere/a.tar',
    message: expect.stringMatching(/\/nowhere\/a\.tar: there/),
  }
  await expect(convert('/nowhere/a.tar', 'out')).rejects.toMatchObject(found)
  await expect(inspect('/nowhere/a.tar')).rejects.toMatchObject(found)
  await expect(inspect('oci:/nowhere/a.tar')).rejects.toMatchObject(found)
  const below = join(await temporaryFile(archive), 'below.tar')
  await expect(inspect(below)).rejects.toMatchObject({ code: 'NOT_FOUND', where: below })
})

describe('wrong usage is told with what was expected:', () => {
  test.each([undefined, null, 5, true, {}, [], Symbol('path'), new URL('https://example.com/a.tar')])(
    '%s as the source',
    async (source) => {
      const wrong = { code: 'USAGE', expected: expect.any(String), found: expect.any(String) }
      await expect(convert(source as ImageSource, 'out')).rejects.toMatchObject(wrong)
      await expect(inspect(source as ImageSource)).rejects.toMatchObject(wrong)
    },
  )

  test.each([undefined, null, 5, {}, Buffer.alloc(1), Readable.from([]), new URL('https://example.com/a.tar')])(
    '%s as the destination',
    async (destination) => {
      const wrong = { code: 'USAGE', expected: expect.any(String), found: expect.any(String) }
      await expect(convert(archive, destination as ImageDestination)).rejects.toMatchObject(wrong)
    },
  )

  test.each<[unknown, RegExp]>([
    [null, /an object, found null/],
    [5, /an object, found 5/],
    [[], /an object/],
    [{ layer: 'gzip' }, /one of .*\blayers\b.*, found layer$/],
    [{ constructor: 1 }, /found constructor/],
    [{ onWarning: 'x' }, /onWarning: expected a function, found "x"/],
    [{ onProgress: {} }, /onProgress: expected a function/],
    [{ signal: {} }, /signal: expected an AbortSignal/],
    [{ images: 'app' }, /images: expected a list of texts, found "app"/],
    [{ jobs: '2' }, /jobs: expected a whole number/],
    [{ level: 1n, layers: 'zstd' }, /level.*found 1n/],
    [{ end: true }, /`end` is for a stream/],
  ])('the options %o', async (options, message) => {
    const wrong = { code: 'USAGE', message: expect.stringMatching(message) }
    await expect(convert(archive, 'out', options as ConvertOptions)).rejects.toMatchObject(wrong)
  })

  test('options that only convert has, to inspect', async () => {
    await expect(inspect(archive, { layers: 'gzip' } as object)).rejects.toMatchObject({
      code: 'USAGE',
      found: 'layers',
    })
  })

  test('a stream of something other than bytes', async () => {
    const wrong = { code: 'USAGE', expected: expect.stringContaining('Uint8Array') }
    for (const source of [
      Readable.from(['text']),
      Readable.from([{}]),
      Readable.from([archive]).setEncoding('latin1'),
    ]) {
      await expect(inspect(source)).rejects.toMatchObject(wrong)
      expect(source.destroyed).toBe(true)
    }
  })

  test('options that are undefined are as if absent', async () => {
    const options = { images: undefined, signal: undefined, strict: undefined, nothing: undefined } as object
    expect((await inspect(archive, options)).images).toHaveLength(1)
  })
})

/** Expects this very thing to be thrown, and nothing to be left in the directory that the work was given. */
async function expectThrown(work: (place: string) => Promise<unknown>, thrown: unknown): Promise<void> {
  const place = await temporaryDirectory()
  const found = await work(place).then(
    () => 'nothing',
    (error: unknown) => error,
  )
  expect(found).toBe(thrown)
  expect(await readdir(place)).toEqual([])
}
