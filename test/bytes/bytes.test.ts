import { expect, test } from 'vitest'
import { drain, readAll, single, tooLarge } from '../../src/bytes/bytes.js'
import { collect, content, inChunks } from '../fixtures/bytes.js'

test('all bytes are read into memory of their own', async () => {
  const bytes = content(1000)
  expect(await readAll(inChunks(bytes, 7), { limit: 1000, where: 'index.json' })).toEqual(bytes)
})

test('one byte more than the limit is refused, and the rest is not read', async () => {
  let read = 0
  async function* counted() {
    for await (const chunk of inChunks(content(1000), 10)) {
      read += chunk.length
      yield chunk
    }
  }
  await expect(readAll(counted(), { limit: 99, where: 'index.json' })).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    where: 'index.json',
  })
  expect(read).toBe(100)
})

test('the refusal of a large document says how large it may be', () => {
  expect(tooLarge('a.json', 4096).message).toBe('a.json: larger than the 4096 bytes that a JSON document may have')
})

test('a single chunk passes as it is, an empty one not at all', async () => {
  expect(await collect(single(Buffer.from('x')))).toEqual(Buffer.from('x'))
  for await (const _ of single(new Uint8Array(0))) expect.unreachable()
})

test('draining reads to the end', async () => {
  const bytes = inChunks(content(100), 7)
  await drain(bytes)
  expect(await collect(bytes)).toHaveLength(0)
})
