import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeFully } from '../../src/threads/writeFully.js'
import { content } from '../fixtures/bytes.js'
import { temporaryDirectory } from '../fixtures/directory.js'

test('all bytes are written', async () => {
  const path = join(await temporaryDirectory(), 'file')
  await using file = await fs.open(path, 'w')
  writeFully(file.fd, content(1000))
  writeFully(file.fd, new Uint8Array(0))
  writeFully(file.fd, Buffer.from('end'), 1000)
  expect(await fs.readFile(path)).toEqual(Buffer.concat([content(1000), Buffer.from('end')]))
})
