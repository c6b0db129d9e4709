import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { convert } from '../../src/index.js'
import { noise } from '../fixtures/bytes.js'
import { filesBelow, temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, image } from '../fixtures/image.js'
import { run } from './engine.js'
import { mayMount } from './machine.js'

test.skipIf(!mayMount())('a full disk is told in plain words, and leaves the layout as it was', async () => {
  const disk = join(await temporaryDirectory(), 'disk')
  await mkdir(disk)
  await run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk)
  try {
    const large = await temporaryFile(dockerArchive(image({ files: [noise(3_000_000).toString('latin1')] })))
    await expect(convert(large, join(disk, 'new'))).rejects.toMatchObject({
      code: 'SYSTEM',
      hint: expect.stringContaining('free some space'),
    })
    expect(await readdir(disk)).toEqual([])

    const layout = join(disk, 'layout')
    await convert(await temporaryFile(dockerArchive(image({ tags: ['small:1'] }))), layout)
    const before = await filesBelow(layout)
    await expect(convert(large, layout)).rejects.toMatchObject({ message: expect.stringContaining('no space left') })
    expect(await filesBelow(layout)).toEqual(before)
  } finally {
    await run('umount', disk)
  }
})
