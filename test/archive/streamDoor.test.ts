import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { streamContents } from '../../src/archive/streamDoor.js'
import { digestOf } from '../../src/spec/digest.js'
import { collect, inChunks } from '../fixtures/bytes.js'
import { image } from '../fixtures/image.js'
import { intake } from '../fixtures/intake.js'
import { type EntrySpec, tar } from '../fixtures/tar.js'

const [layer = Buffer.alloc(0)] = image().layers
const compressed = gzipSync(layer)

test('what looks like a layer goes through the pipeline, under whatever name', async () => {
  const { stored, sink } = await taken([{ name: 'odd', content: compressed }], 'uncompressed')
  expect(stored).toMatchObject([{ digest: digestOf(layer), diffID: digestOf(layer), compression: 'none' }])
  expect([...sink.staged.keys()]).toEqual([digestOf(layer)])
})

test('what is below blobs/ stays as it is', async () => {
  const name = `blobs/sha256/${digestOf(compressed).slice(7)}`
  const { stored, sink } = await taken([{ name: `./${name}`, content: compressed }], 'uncompressed')
  expect(stored).toEqual([])
  expect([...sink.staged.keys()]).toEqual([digestOf(compressed)])
})

test('tables are held in memory, other files go to the sink, and both can be read', async () => {
  const entries = ['manifest.json', 'repositories', 'config.json'].map((name) => ({ name, content: `"${name}"` }))
  const { members, open, sink } = await taken(entries)
  expect(sink.staged.size).toBe(1)
  for (const { name, content } of entries) {
    const [member] = members.find(name)
    expect(member && (await collect(open(member))).toString()).toBe(content)
  }
})

test('a table that is too large is refused before it is read', async () => {
  const entries = [{ name: 'manifest.json', size: 21 * 1024 * 1024 }]
  await expect(taken(entries)).rejects.toMatchObject({ code: 'UNSUPPORTED', where: 'manifest.json' })
})

test('a file that only looks like a layer is an error to who asks for it as one', async () => {
  const made = intake()
  const archive = tar([{ name: 'xz', content: Buffer.from('fd377a585a0000', 'hex') }])
  const { stored } = await streamContents(inChunks(archive, 512), made)
  const [failed] = [...(stored?.values() ?? [])]
  await expect(failed).rejects.toMatchObject({ code: 'FORMAT', message: expect.stringContaining('ingest xz') })
})

test('an entry that leads out of the archive is left out, and that is known', async () => {
  const { sink, outside } = await taken([{ name: '../a', content: 'text' }])
  expect(sink.staged.size).toBe(0)
  expect(outside).toEqual(['../a'])
})

async function taken(entries: EntrySpec[], layers: 'keep' | 'uncompressed' = 'keep') {
  const made = intake(layers)
  const contents = await streamContents(inChunks(tar(entries), 700), made)
  const { members } = contents
  const stored = await Promise.all([...(contents.stored?.values() ?? [])])
  return { members, open: contents.open.bind(contents), stored, sink: made.sink, outside: contents.outside }
}
