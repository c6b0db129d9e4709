import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { CHUNK } from '../../src/bytes/bytes.js'
import { stacked } from '../fixtures/archives.js'
import { noise } from '../fixtures/bytes.js'
import { BIN } from '../fixtures/cli.js'
import { temporaryDirectory } from '../fixtures/directory.js'
import { dockerArchive } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'
import { COUNT_THREADS, threadsCounted } from '../fixtures/threads.js'

const run = promisify(execFile)

test('a small archive starts no thread', async () => {
  const { archive, out } = await place(3 * CHUNK)
  expect(await threads('inspect', archive)).toBe(0)
  expect(await threads('convert', archive, `oci:${out}`)).toBe(0)
  expect(await threads('convert', `oci:${out}`, `${out}.tar`)).toBe(0)
})

test('a large layer is given to threads', async () => {
  const { archive, out } = await place(20 * CHUNK)
  expect(await threads('convert', archive, `oci:${out}`)).toBeGreaterThan(0)
})

async function place(size: number) {
  const root = await temporaryDirectory()
  const archive = join(root, 'app.tar')
  await writeFile(archive, dockerArchive(stacked([tar([{ name: 'file', content: noise(size) }])])))
  return { archive, out: join(root, 'out') }
}

/** How many threads a command starts. */
async function threads(...args: string[]): Promise<number> {
  const { stderr } = await run(process.execPath, [...COUNT_THREADS, BIN, ...args])
  return threadsCounted(stderr)
}
