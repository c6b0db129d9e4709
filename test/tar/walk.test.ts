import { open } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { readRange } from '../../src/io/range.js'
import { type PlacedEntry, walkTar } from '../../src/tar/walk.js'
import { collect, content } from '../fixtures/bytes.js'
import { temporaryFile } from '../fixtures/directory.js'
import { base256, entryBytes, pax, tar } from '../fixtures/tar.js'
import { type Found, tarReaderSuite } from '../suites/tarReader.js'

const GIB = 1024 ** 3

tarReaderSuite('the walk over a file', async (archive) => {
  await using file = await open(await temporaryFile(archive))
  const entries: Found[] = []
  const walk = walkTar(file)
  let next = await walk.next()
  for (; !next.done; next = await walk.next()) {
    const { offset, ...entry } = next.value
    const bytes = await collect(readRange(file, { offset, length: entry.size }))
    entries.push({ ...entry, content: bytes.toString('latin1') })
  }
  return { entries, ...next.value }
})

test.each([
  ['in base 256', entryBytes({ name: 'big', size: base256(BigInt(9 * GIB)) })],
  [
    'in a PAX record',
    Buffer.concat([entryBytes(pax({ size: String(9 * GIB) })), entryBytes({ name: 'big', size: 0 })]),
  ],
])('content of 9 GiB is jumped over, its size %s', async (_, header) => {
  const path = await temporaryFile(header)
  await using file = await open(path, 'r+')
  await file.write(tar([{ name: 'next' }]), 0, undefined, header.length + 9 * GIB)
  expect(await all(walkTar(file))).toEqual([
    { path: 'big', type: 'file', size: 9 * GIB, offset: header.length },
    { path: 'next', type: 'file', size: 0, offset: header.length + 9 * GIB + 512 },
  ])
})

test('headers are found wherever they lie, near and far', async () => {
  const lengths = [0, 1, 65_000, 65_536, 200_000, 3, 512, 130_000, 0]
  const specs = lengths.map((length, at) => ({ name: `file${at}`, content: content(length) }))
  await using file = await open(await temporaryFile(tar(specs)))
  const found = await all(walkTar(file))
  expect(found.map(({ path, size }) => [path, size])).toEqual(lengths.map((length, at) => [`file${at}`, length]))
})

test('an extension header may be larger than what is read at a time', async () => {
  const path = 'long/'.repeat(40_000)
  await using file = await open(await temporaryFile(tar([pax({ path }), { name: 'f', content: 'x' }])))
  expect(await all(walkTar(file))).toMatchObject([{ path, size: 1 }])
})

async function all(entries: AsyncIterable<PlacedEntry>): Promise<PlacedEntry[]> {
  const found: PlacedEntry[] = []
  for await (const entry of entries) found.push(entry)
  return found
}
