import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ImageError } from '../../src/spec/errors.js'
import type { TarEntry } from '../../src/tar/entry.js'
import type { LayerEntry } from '../../src/tar/layerHeaders.js'
import { LayerParser } from '../../src/tar/layerParser.js'
import { readTar } from '../../src/tar/read.js'
import { collect, inChunks } from '../fixtures/bytes.js'
import { oddArchives } from '../fixtures/oddTar.js'
import { tar } from '../fixtures/tar.js'

/** Types that an archive's reader takes for files, and that no layer has. */
const REFUSED = 'UNSUPPORTED'

test('of odd layers the pushed reader makes what the other one makes, in chunks of any size, or refuses more', async () => {
  await fc.assert(
    fc.asyncProperty(oddArchives, fc.integer({ min: 1, max: 1500 }), async (archive, size) => {
      const pushed = entriesPushed(archive, size)
      const pulled = await entriesPulled(archive)
      if (pushed === REFUSED || isOfFileSystem(pushed, pulled)) return
      expect(pushed).toEqual(pulled)
    }),
    { numRuns: 2000 },
  )
})

/** True if only what concerns the file system is refused: ids, devices, times, which are too large or no numbers. */
function isOfFileSystem(pushed: unknown, pulled: unknown): boolean {
  return (pushed === 'UNSAFE' || pushed === 'FORMAT') && typeof pulled !== 'string'
}

function entriesPushed(archive: Buffer, size: number): string[][] | string {
  const entries: string[][] = []
  let content: Buffer[] = []
  let current: LayerEntry | undefined
  const parser = new LayerParser({
    begin: (entry) => {
      current = entry
      content = []
    },
    write: (bytes) => void content.push(Buffer.from(bytes)),
    end: () => {
      if (current !== undefined) entries.push(told(current, Buffer.concat(content)))
    },
  })
  try {
    for (let at = 0; at < archive.length; at += size) parser.push(archive.subarray(at, at + size))
    parser.end()
    return entries
  } catch (error) {
    return codeOf(error)
  }
}

async function entriesPulled(archive: Buffer): Promise<string[][] | string> {
  const entries: string[][] = []
  try {
    for await (const { entry, content } of readTar(inChunks(archive, 512))) {
      entries.push(told(entry, await collect(content)))
    }
    return entries
  } catch (error) {
    return codeOf(error)
  }
}

/** What both know of an entry. Of a sparse file the one has stored bytes, and the other all. */
function told({ path, type, size, linkTarget = '', sparse }: TarEntry, content: Buffer): string[] {
  return [path, type, `${size}`, linkTarget, sparse === undefined ? content.toString('latin1') : 'sparse']
}

function codeOf(error: unknown): string {
  if (error instanceof ImageError) return error.code
  throw error
}

test('content that is skipped is not needed, and the entries behind it are found', () => {
  const names: string[] = []
  const parser = new LayerParser({ begin: ({ path }) => names.push(path), write: () => {}, end: () => names.push('.') })
  const bytes = tar([{ name: 'a', content: Buffer.alloc(5000) }, { name: 'b' }])
  parser.push(bytes.subarray(0, 1000))
  expect(parser.toSkip).toBe(5000 - 488)
  expect(parser.skip()).toBe(5000 - 488)
  expect(parser.toSkip).toBe(0)
  parser.push(bytes.subarray(1000 + 5000 - 488))
  parser.end()
  expect(names).toEqual(['a', '.', 'b', '.'])
})
