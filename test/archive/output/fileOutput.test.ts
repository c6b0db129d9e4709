import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { existsAlready, type FileOutputOptions, openFileOutput } from '../../../src/archive/output/fileOutput.js'
import { CHUNK, single } from '../../../src/bytes/bytes.js'
import { unzstd } from '../../../src/compression/zstd.js'
import { type TarSource, wholeTar } from '../../../src/tar/write.js'
import { collect, content, inChunks } from '../../fixtures/bytes.js'
import { temporaryDirectory } from '../../fixtures/directory.js'

const OPTIONS: FileOutputOptions = { compression: 'none', force: false, jobs: 3 }
/** More than one run. */
const ENTRIES = [10, 5 * CHUNK, 700, 0, 6 * CHUNK + 3, 1].map((size, at) => file(`${at}`, content(size, at + 1)))

describe('an archive file', () => {
  test('is the archive of its entries, written side by side', async () => {
    const { path } = await written(ENTRIES)
    expect((await readFile(path)).equals(await collect(wholeTar(ENTRIES)))).toBe(true)
  })

  test.each(['gzip', 'zstd'] as const)('may be compressed as a whole: %s', async (compression) => {
    const { path } = await written(ENTRIES, { compression })
    const bytes = await readFile(path)
    const plain = compression === 'gzip' ? gunzipSync(bytes) : await collect(unzstd(single(bytes)))
    expect(plain.equals(await collect(wholeTar(ENTRIES)))).toBe(true)
  })

  test('can be written anew where it is not compressed, and is then what was written last', async () => {
    const path = join(await temporaryDirectory(), 'out.tar')
    const output = await openFileOutput(path, OPTIONS)
    const others = [file('other', content(300))]
    await output.write(ENTRIES)
    await output.write(others)
    await output.commit()
    await output[Symbol.asyncDispose]()
    expect(output.canRewrite).toBe(true)
    expect(await readFile(path)).toEqual(await collect(wholeTar(others)))
    const compressed = await openFileOutput(`${path}.gz`, { ...OPTIONS, compression: 'gzip' })
    expect(compressed.canRewrite).toBe(false)
    await compressed[Symbol.asyncDispose]()
  })

  test('counts the bytes that were written', async () => {
    const { output, path } = await written(ENTRIES)
    expect(output.bytesWritten).toBe((await stat(path)).size)
  })

  test('is not seen before the commit, and nothing is beside it after', async () => {
    const root = await temporaryDirectory()
    const output = await openFileOutput(join(root, 'out.tar'), OPTIONS)
    await output.write(ENTRIES)
    expect(await readdir(root)).toEqual([expect.stringMatching(/^\.transload-/)])
    await output.commit()
    await output[Symbol.asyncDispose]()
    expect(await readdir(root)).toEqual(['out.tar'])
  })

  test('is gone without a commit, with what was spooled for it', async () => {
    const root = await temporaryDirectory()
    const output = await openFileOutput(join(root, 'out.tar'), OPTIONS)
    await writeFile((await output.spool()).at('1'), 'spooled')
    await output.write(ENTRIES)
    await output[Symbol.asyncDispose]()
    expect(await readdir(root)).toEqual([])
  })

  test('may be read by others, as any new file', async () => {
    const { path } = await written([])
    expect((await stat(path)).mode & 0o777).toBe(0o644 & ~process.umask())
  })
})

describe('a file that is there', () => {
  test('is not replaced, though it came while the archive was being written', async () => {
    const root = await temporaryDirectory()
    const path = join(root, 'out.tar')
    const output = await openFileOutput(path, OPTIONS)
    await output.write(ENTRIES)
    await writeFile(path, 'mine')
    await expect(output.commit()).rejects.toMatchObject({ code: 'EXISTS', where: path })
    await output[Symbol.asyncDispose]()
    expect(await readFile(path, 'utf8')).toBe('mine')
    expect(await readdir(root)).toEqual(['out.tar'])
  })

  test('is replaced by force, and only by the commit', async () => {
    const path = join(await temporaryDirectory(), 'out.tar')
    await writeFile(path, 'old')
    const output = await openFileOutput(path, { ...OPTIONS, force: true })
    await output.write([])
    expect(await readFile(path, 'utf8')).toBe('old')
    await output.commit()
    await output[Symbol.asyncDispose]()
    expect(await readFile(path)).toEqual(Buffer.alloc(1024))
  })

  test('is told how it could be replaced', () => {
    expect(existsAlready('out.tar')).toMatchObject({ code: 'EXISTS', where: 'out.tar', hint: '--force replaces it' })
  })
})

describe('what goes wrong', () => {
  test('with an entry leaves nothing', async () => {
    const root = await temporaryDirectory()
    const output = await openFileOutput(join(root, 'out.tar'), OPTIONS)
    const broken = { ...file('broken', Buffer.alloc(3)), size: 4 }
    await expect(output.write([...ENTRIES, broken])).rejects.toMatchObject({ code: 'INTEGRITY', where: 'broken' })
    await output[Symbol.asyncDispose]()
    expect(await readdir(root)).toEqual([])
  })

  test('with the directory is the system’s error', async () => {
    const path = join(await temporaryDirectory(), 'none', 'out.tar')
    await expect(openFileOutput(path, OPTIONS)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test.each(['none', 'gzip'] as const)(
    'by an abortion stops within an entry, compressed with %s',
    async (compression) => {
      const controller = new AbortController()
      const root = await temporaryDirectory()
      const output = await openFileOutput(join(root, 'out.tar'), {
        ...OPTIONS,
        compression,
        jobs: 1,
        signal: controller.signal,
      })
      async function* endless() {
        for (let count = 0; ; count++) {
          if (count === 10) controller.abort(new Error('stop'))
          yield await Promise.resolve(Buffer.alloc(CHUNK))
        }
      }
      const entry: TarSource = { ...file('endless', Buffer.alloc(0)), size: 8 ** 10, content: endless }
      await expect(output.write([entry])).rejects.toThrow('stop')
      await output[Symbol.asyncDispose]()
      expect(await readdir(root)).toEqual([])
    },
  )

  test('by an abortion before the commit is in time', async () => {
    const controller = new AbortController()
    const root = await temporaryDirectory()
    const output = await openFileOutput(join(root, 'out.tar'), { ...OPTIONS, signal: controller.signal })
    await output.write([])
    controller.abort(new Error('stop'))
    await expect(output.commit()).rejects.toThrow('stop')
    await output[Symbol.asyncDispose]()
    expect(await readdir(root)).toEqual([])
  })
})

test('what a command left behind that was killed is cleared', async () => {
  const root = await temporaryDirectory()
  await mkdir(join(root, `.transload-${randomUUID()}`))
  const output = await openFileOutput(join(root, 'out.tar'), OPTIONS)
  await output[Symbol.asyncDispose]()
  expect(await readdir(root)).toEqual([])
})

async function written(entries: readonly TarSource[], options: Partial<FileOutputOptions> = {}) {
  const path = join(await temporaryDirectory(), 'out.tar')
  const output = await openFileOutput(path, { ...OPTIONS, ...options })
  await output.write(entries)
  await output.commit()
  await output[Symbol.asyncDispose]()
  return { path, output }
}

function file(path: string, bytes: Buffer): TarSource {
  return { path, type: 'file', mode: 0o644, mtime: 0, size: bytes.length, content: () => inChunks(bytes, 65_536) }
}
