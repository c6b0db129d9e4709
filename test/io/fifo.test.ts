import { execFileSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openFifo, readFifo } from '../../src/io/fifo.js'
import { collect, content, inChunks } from '../fixtures/bytes.js'
import { temporaryDirectory } from '../fixtures/directory.js'

test('what is written to a pipe comes out of it, though the reader came later', async () => {
  const path = await makeFifo()
  const bytes = content(500_000)
  const opening = openFifo(path)
  await sleep(50)
  const reading = collect(createReadStream(path))
  await pipeline(inChunks(bytes, 70_000), await opening)
  expect((await reading).equals(bytes)).toBe(true)
})

test('the wait for a reader can be stopped', async () => {
  const controller = new AbortController()
  const opening = openFifo(await makeFifo(), controller.signal)
  controller.abort()
  await expect(opening).rejects.toMatchObject({ name: 'AbortError' })
})

test('what cannot be opened is the system’s error', async () => {
  const path = join(await temporaryDirectory(), 'none')
  await expect(openFifo(path)).rejects.toMatchObject({ code: 'ENOENT' })
  await writeFile(path, '')
  await expect(openFifo(join(path, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' })
})

test('what comes out of a pipe is read, though the writer came later', async () => {
  const path = await makeFifo()
  const bytes = content(500_000)
  const reading = collect(readFifo(path))
  await sleep(50)
  // Not by a stream that gathers chunks: their memory is used again.
  await writeFile(path, bytes)
  expect((await reading).equals(bytes)).toBe(true)
})

test('the wait for what a pipe will say can be stopped', async () => {
  const controller = new AbortController()
  const reading = collect(readFifo(await makeFifo(), controller.signal))
  controller.abort()
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
})

async function makeFifo(): Promise<string> {
  const path = join(await temporaryDirectory(), 'pipe')
  execFileSync('mkfifo', [path])
  return path
}
