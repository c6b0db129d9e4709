import { mkdtempSync, rmSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { CHUNK } from '../../src/bytes/bytes.js'
import { DirectFile } from '../../src/io/directFile.js'
import { pages } from '../../src/threads/pageMemory.js'
import { content } from '../fixtures/bytes.js'
import { temporaryDirectory } from '../fixtures/directory.js'

test('pages that the disk takes are in the file', async ({ skip }) => {
  const path = join(await temporaryDirectory(), 'file')
  await using file = await open(path, 'w')
  const direct = DirectFile.open(file.fd)
  if (direct === undefined) return skip('there is no disk for temporary files')
  const block = pages(CHUNK)
  block.set(content(CHUNK))
  expect(await direct.write(block, CHUNK)).toBe(CHUNK)
  direct.close()
  expect((await readFile(path)).equals(Buffer.concat([Buffer.alloc(CHUNK), block]))).toBe(true)
})

test('what the disk does not take is not written, and no error', async ({ skip }) => {
  const path = join(await temporaryDirectory(), 'file')
  await using file = await open(path, 'w')
  const direct = DirectFile.open(file.fd)
  if (direct === undefined) return skip('there is no disk for temporary files')
  expect(await direct.write(content(1000), 7)).toBe(0)
  direct.close()
  expect(await readFile(path)).toHaveLength(0)
})

test('files in memory, or that cannot be opened once more, are not opened', async ({ skip }) => {
  expect(DirectFile.open(1_000_000)).toBeUndefined()
  const directory = inMemory() ?? skip('there is no place for files in memory')
  await using file = await open(join(directory, 'file'), 'w')
  expect(DirectFile.open(file.fd)).toBeUndefined()
})

function inMemory(): string | undefined {
  try {
    const directory = mkdtempSync('/dev/shm/transload-')
    onTestFinished(() => rmSync(directory, { recursive: true }))
    return directory
  } catch {
    return undefined
  }
}
