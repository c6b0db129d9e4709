import { execFileSync } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { transload } from '../fixtures/cli.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, image } from '../fixtures/image.js'

const PLANTED: [string, (path: string) => unknown][] = [
  ['a named pipe', (path) => execFileSync('mkfifo', [path])],
  ['a link to a named pipe', (path) => execFileSync('sh', ['-c', 'mkfifo "$0.fifo" && ln -s "$0.fifo" "$0"', path])],
  ['a link to /dev/zero', (path) => symlink('/dev/zero', path)],
  ['a dangling link', (path) => symlink('nothing', path)],
  ['a link to itself', (path) => symlink(path, path)],
  ['a socket', (path) => new Promise<void>((done) => createServer().unref().listen(path, done))],
  ['a directory', (path) => mkdir(path)],
  ['a file without end', (path) => execFileSync('truncate', ['-s', '8G', path])],
]

describe.each(['.transload.lock', 'index.json', 'oci-layout'])('planted in a layout as %s', (name) => {
  test.each(PLANTED)(
    '%s is neither waited for nor read',
    async (_, plant) => {
      const layout = await temporaryDirectory()
      await mkdir(join(layout, 'blobs'))
      if (name !== 'oci-layout') await writeFile(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
      if (name !== 'index.json') await writeFile(join(layout, 'index.json'), '{"schemaVersion":2,"manifests":[]}')
      await plant(join(layout, name))
      const result = await transload('convert', await temporaryFile(dockerArchive(image())), layout)
      expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining(join(layout, name)) })
      expect(result.stderr).toMatch(/not a regular file|too large/)
    },
    10_000,
  )
})
