import { open } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { EarlySync } from '../../src/io/earlySync.js'
import { temporaryFile } from '../fixtures/directory.js'

const ENOUGH = 128 * 1024 * 1024

test('a file is sent to the disk once enough was written', async () => {
  await using file = await open(await temporaryFile(Buffer.from('x')), 'r+')
  const syncing = new EarlySync(file.fd)
  syncing.wrote(ENOUGH - 1)
  syncing.wrote(1)
  await expect(syncing.settled()).resolves.toBeUndefined()
})

test('what the disk says is told to who waits', async () => {
  const file = await open(await temporaryFile(Buffer.from('x')), 'r+')
  const { fd } = file
  await file.close()
  const syncing = new EarlySync(fd)
  syncing.wrote(ENOUGH - 1)
  await expect(syncing.settled()).resolves.toBeUndefined()
  syncing.wrote(1)
  await expect(syncing.settled()).rejects.toMatchObject({ code: 'EBADF' })
})
