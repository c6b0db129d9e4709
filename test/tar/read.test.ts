import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readTar } from '../../src/tar/read.js'
import { collect, content, inChunks } from '../fixtures/bytes.js'
import { gnuLong, pax, tar } from '../fixtures/tar.js'
import { type Found, type Reader, tarReaderSuite } from '../suites/tarReader.js'

const ARCHIVE = tar([
  { name: 'a', content: content(1500) },
  pax({ path: 'é'.repeat(300) }),
  { name: 'b', content: content(10, 2) },
  gnuLong('L', 'd'.repeat(600)),
  { name: 'c', type: '5' },
  { name: 'd' },
])

for (const size of [1, 512, 65_536]) tarReaderSuite(`the stream reader, in chunks of ${size} bytes`, streamed(size))

test('the chunks do not change what is read', async () => {
  const once = await streamed(ARCHIVE.length)(ARCHIVE)
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3000 }), async (size) => {
      expect(await streamed(size)(ARCHIVE)).toEqual(once)
    }),
    { numRuns: 20 },
  )
})

test('content that is not read, or not to its end, is skipped', async () => {
  const paths: string[] = []
  for await (const { entry, content } of readTar(inChunks(ARCHIVE, 100))) {
    paths.push(entry.path)
    if (paths.length === 1) for await (const _ of content) break
  }
  expect(paths).toEqual(['a', 'é'.repeat(300), 'd'.repeat(600), 'd'])
})

test('content that ends early fails for whoever reads it', async () => {
  expect.hasAssertions()
  for await (const { content } of readTar(inChunks(ARCHIVE.subarray(0, 1000), 100))) {
    await expect(collect(content)).rejects.toMatchObject({ code: 'FORMAT', expected: 1500, found: 488 })
    break
  }
})

test('content that ends early fails for whoever skips it', async () => {
  const reading = async () => {
    for await (const _ of readTar(inChunks(ARCHIVE.subarray(0, 1000), 100)));
  }
  await expect(reading()).rejects.toMatchObject({ code: 'FORMAT', expected: 1500, found: 488 })
})

test('the input is read to its end, whatever follows the archive', async () => {
  let read = 0
  async function* counted() {
    for await (const chunk of inChunks(Buffer.concat([ARCHIVE, content(5000)]), 100)) {
      read += chunk.length
      yield chunk
    }
  }
  for await (const _ of readTar(counted()));
  expect(read).toBe(ARCHIVE.length + 5000)
})

test('whoever stops reading ends the source', async () => {
  const source = inChunks(ARCHIVE, 100)
  for await (const _ of readTar(source)) break
  expect(await collect(source)).toHaveLength(0)
})

function streamed(size: number): Reader {
  return async (archive) => {
    const entries: Found[] = []
    const reader = readTar(inChunks(archive, size))
    let next = await reader.next()
    for (; !next.done; next = await reader.next()) {
      const { entry, content } = next.value
      entries.push({ ...entry, content: (await collect(content)).toString('latin1') })
    }
    return { entries, ...next.value }
  }
}
