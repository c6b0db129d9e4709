import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CHUNK, single } from '../../src/bytes/bytes.js'
import { readTar } from '../../src/tar/read.js'
import { END, runsOf, type TarSource, wholeTar, writeTar } from '../../src/tar/write.js'
import { collect, content, inChunks } from '../fixtures/bytes.js'
import { temporaryFile } from '../fixtures/directory.js'
import { entriesOf, sample } from '../fixtures/exporting.js'

describe('an archive', () => {
  test('is read as what it was, by our reader and by tar-stream', async () => {
    const names = fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 1, maxLength: 120 }))
    const sizes = fc.array(fc.nat({ max: 2000 }), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(names, sizes, fc.integer({ min: 1, max: 700 }), async (paths, lengths, chunk) => {
        const contents = paths.map((_, at) => content(lengths[at % lengths.length] ?? 0, at + 1))
        const archive = await collect(wholeTar(paths.map((path, at) => file(path, contents[at], chunk))))
        const expected = paths.map((path, at) => [path, contents[at]])
        expect(await ourReading(archive)).toEqual(expected)
        expect([...(await entriesOf(archive))].map(([path, entry]) => [path, entry.content])).toEqual(expected)
      }),
      { numRuns: 50 },
    )
  })

  test('has directories and links among its files', async () => {
    const entries: TarSource[] = [
      { path: 'd/', type: 'directory', mode: 0o755, mtime: 1, size: 0 },
      file('d/f', Buffer.from('text')),
      { path: 'd/l', type: 'symlink', mode: 0o777, mtime: 1, size: 0, linkTarget: 'f' },
    ]
    const path = await temporaryFile(await collect(wholeTar(entries)))
    const listed = execFileSync('tar', ['tvf', path, '--numeric-owner', '--utc', '--full-time'], { encoding: 'utf8' })
    expect(listed.split('\n').map((row) => row.replace(/ +/g, ' '))).toEqual([
      'drwxr-xr-x 0/0 0 1970-01-01 00:00:01 d/',
      '-rw-r--r-- 0/0 4 1970-01-01 00:00:00 d/f',
      'lrwxrwxrwx 0/0 0 1970-01-01 00:00:01 d/l -> f',
      '',
    ])
  })

  test('ends in two blocks of zeros and no more, as Go’s do', async () => {
    expect(await collect(wholeTar([]))).toEqual(Buffer.alloc(1024))
    const archive = await sample('docker-28.tar')
    expect(archive.subarray(-END.length)).toEqual(END)
    expect(archive.subarray(-END.length - 512, -END.length)).not.toEqual(Buffer.alloc(512))
  })

  test('can be had again from the same entries', async () => {
    const entries = [file('a', content(700)), file('b', content(10))]
    expect(await collect(wholeTar(entries))).toEqual(await collect(wholeTar(entries)))
  })
})

describe('content', () => {
  test('is told where in the archive it begins', async () => {
    const told: number[] = []
    const noting = (entry: TarSource): TarSource => ({
      ...entry,
      content: (at) => {
        told.push(at)
        return single(content(entry.size))
      },
    })
    const entries = [file('a', content(700)), file('b'.repeat(200), content(10)), file('c', content(1))].map(noting)
    const archive = await collect(writeTar(entries, 4096))
    expect(told).toHaveLength(3)
    for (const [index, at] of told.entries()) {
      const { size } = entries[index] ?? expect.unreachable('as many as entries')
      expect(archive.subarray(at - 4096, at - 4096 + size).equals(content(size))).toBe(true)
    }
  })

  test.each([
    ['shorter', 5, 3],
    ['longer', 3, 5],
    ['longer than the padding', 3, 5000],
    ['absent', 3, undefined],
    ['there where none should be', 0, 1],
  ])('that is %s than its entry says is refused, with both sizes', async (_, size, found) => {
    const entry = found === undefined ? file('f', undefined) : file('f', Buffer.alloc(found), 1)
    await expect(collect(writeTar([{ ...entry, size }]))).rejects.toMatchObject({
      code: 'INTEGRITY',
      where: 'f',
      expected: size,
    })
  })

  test('that is longer is not read to its end, nor let into the archive', async () => {
    let asked = 0
    async function* endless() {
      for (;;) {
        asked++
        yield await Promise.resolve(Buffer.alloc(512))
      }
    }
    const entry: TarSource = { ...file('f', Buffer.alloc(0)), size: 1024, content: endless }
    let written = 0
    const writing = async () => {
      for await (const chunk of writeTar([entry])) written += chunk.length
    }
    await expect(writing()).rejects.toMatchObject({ code: 'INTEGRITY' })
    expect([asked, written]).toEqual([3, 512 + 1024])
  })

  test('that fails while it is read fails the archive', async () => {
    const breaking = () => Promise.reject(new Error('it broke'))
    const entry: TarSource = { ...file('f', Buffer.alloc(1)), content: () => inOne(breaking) }
    await expect(collect(writeTar([entry]))).rejects.toThrow('it broke')
  })
})

describe('runs', () => {
  test('cover the archive exactly, whatever the sizes', async () => {
    const size = fc.oneof(fc.nat({ max: 1100 }), fc.integer({ min: CHUNK, max: 5 * CHUNK }))
    await fc.assert(
      fc.asyncProperty(fc.array(size, { maxLength: 8 }), async (sizes) => {
        const zeros = Buffer.alloc(Math.max(0, ...sizes))
        const entries = sizes.map((length, at) => file(`${'long'.repeat(at * 9)}${at}`, zeros.subarray(0, length)))
        const { runs, length } = runsOf(entries)
        expect(runs.flatMap((run) => run.entries)).toEqual(entries)
        let at = 0
        for (const run of runs) {
          expect(run.offset).toBe(at)
          for await (const chunk of writeTar(run.entries)) at += chunk.length
        }
        expect(length).toBe(at)
      }),
      { numRuns: 20 },
    )
  })

  test('hold many small entries each, and a large one alone at their start', () => {
    const small = Array.from({ length: 10 }, (_, at) => file(`${at}`, Buffer.alloc(10)))
    const large = { ...file('large', Buffer.alloc(0)), size: 100 * CHUNK }
    const { runs } = runsOf([...small, large, ...small])
    expect(runs.map(({ entries }) => entries.map(({ path }) => path).join(''))).toEqual([
      '0123456789',
      'large',
      '0123456789',
    ])
  })

  test('of no content are none', () => {
    expect(runsOf([])).toEqual({ runs: [], length: 0 })
  })

  test('know where something comes after what is larger than 2^32', () => {
    const huge = { ...file('huge', Buffer.alloc(0)), size: 2 ** 33 + 1 }
    const { runs, length } = runsOf([huge, file('after', Buffer.alloc(0))])
    // Two blocks of PAX header, the header itself, and the last block half empty.
    expect(runs[1]?.offset).toBe(2 ** 33 + 3 * 512 + 512)
    expect(length).toBe(2 ** 33 + 3 * 512 + 512 + 512)
  })
})

function file(path: string, bytes: Buffer | undefined, chunk = 65_536): TarSource {
  const entry: TarSource = { path, type: 'file', mode: 0o644, mtime: 0, size: bytes?.length ?? 0 }
  return bytes === undefined ? entry : { ...entry, content: () => inChunks(bytes, chunk) }
}

async function* inOne(work: () => Promise<Buffer>) {
  yield await work()
}

async function ourReading(archive: Buffer): Promise<[string, Buffer][]> {
  const found: [string, Buffer][] = []
  for await (const { entry, content: bytes } of readTar(single(archive))) {
    found.push([entry.path, await collect(bytes)])
  }
  return found
}
