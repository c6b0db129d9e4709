import { execFileSync } from 'node:child_process'
import { closeSync, constants, createWriteStream, openSync, readdirSync, readlinkSync, writeSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { type Input, openPath, openStream } from '../../src/archive/input.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, image } from '../fixtures/image.js'
import { intake } from '../fixtures/intake.js'
import { unpacked } from '../fixtures/layout.js'

const archive = dockerArchive(image())

describe('what a path names is told by what it is', () => {
  test('a file, whatever its name', async () => {
    expect(await pathsOf(await openPath(await temporaryFile(archive, 'odd.name')))).toContain('manifest.json')
  })

  test('a directory', async () => {
    expect(await pathsOf(await openPath(await unpacked(archive)))).toContain('manifest.json')
  })

  test('a named pipe', async () => {
    const path = join(await temporaryDirectory(), 'pipe')
    execFileSync('mkfifo', [path])
    createWriteStream(path).end(archive)
    expect(await pathsOf(await openPath(path))).toContain('manifest.json')
  })

  test.each([
    ['which turns out to be no archive', Buffer.alloc(5000, 'x')],
    ['whose archive is not looked into', archive.subarray(0, 5000)],
  ])('a named pipe %s is closed, though its writer is silent', async (_, written) => {
    const path = join(await temporaryDirectory(), 'pipe')
    execFileSync('mkfifo', [path])
    const writer = openSync(path, constants.O_RDWR)
    writeSync(writer, written)
    await openPath(path).then(
      (input) => input[Symbol.asyncDispose](),
      (error) => expect(error).toMatchObject({ code: 'FORMAT' }),
    )
    expect(openTo(path)).toBe(1)
    closeSync(writer)
  })
})

/** How many descriptors of this process a file has. */
function openTo(path: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path
    } catch {
      // It was that of the directory.
      return false
    }
  }).length
}

test('a stream is an archive by its content', async () => {
  expect(await pathsOf(await openStream('a stream', Readable.from([archive])))).toContain('manifest.json')
  await expect(openStream('a stream', Readable.from([]))).rejects.toMatchObject({ code: 'FORMAT', where: 'a stream' })
})

test('a stream that stalls ends with the signal', async () => {
  const controller = new AbortController()
  const opening = openStream('a stream', new Readable({ read: () => controller.abort() }), controller.signal)
  await expect(opening).rejects.toMatchObject({ thrown: { name: 'AbortError' } })
})

test('a directory of something else says what is in it', async () => {
  const path = await temporaryDirectory()
  await writeFile(join(path, 'diary.txt'), 'mine')
  await expect(openPath(path)).rejects.toMatchObject({ code: 'NOT_FOUND', found: 'diary.txt' })
})

async function pathsOf(opened: Input): Promise<string[]> {
  await using input = opened
  return [...(await input.read(intake())).paths()]
}
