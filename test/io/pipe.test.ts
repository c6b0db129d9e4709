import { execFileSync, spawn } from 'node:child_process'
import { constants, openSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { CHUNK } from '../../src/bytes/bytes.js'
import { readPipe } from '../../src/io/pipe.js'
import { collect, content } from '../fixtures/bytes.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'

test.each([0, 1, CHUNK, CHUNK + 1, 5 * CHUNK + 77])('%i bytes come whole and in order', async (size) => {
  const bytes = content(size)
  const { fd, path } = await makePipe()
  const [read] = await Promise.all([collect(readPipe(fd)), writeFile(path, bytes)])
  expect(read.equals(bytes)).toBe(true)
})

test('a chunk stays as it is until the next one is asked for, however much arrives meanwhile', async () => {
  const bytes = content(6 * CHUNK)
  const { fd, path } = await makePipe()
  // Another process, which does not wait for this one.
  const writer = spawn('sh', ['-c', 'cat "$0" > "$1"', await temporaryFile(bytes), path])
  let at = 0
  for await (const chunk of readPipe(fd)) {
    await sleep(5)
    expect(Buffer.compare(chunk, bytes.subarray(at, at + chunk.length))).toBe(0)
    at += chunk.length
  }
  expect(at).toBe(bytes.length)
  writer.kill()
})

test('what has arrived is there at once, though more may come', async () => {
  const { fd, path } = await makePipe()
  const bytes = readPipe(fd)[Symbol.asyncIterator]()
  const writing = openSync(path, constants.O_WRONLY)
  await writeFile(`/proc/self/fd/${writing}`, 'one')
  expect(Buffer.from((await bytes.next()).value ?? []).toString()).toBe('one')
  const second = bytes.next()
  await writeFile(`/proc/self/fd/${writing}`, 'other')
  expect(Buffer.from((await second).value ?? []).toString()).toBe('other')
  await bytes.return?.()
})

test('the signal ends it with its reason while nothing arrives', async () => {
  const controller = new AbortController()
  const reading = collect(readPipe((await makePipe()).fd, controller.signal))
  await sleep(5)
  controller.abort(new Error('enough'))
  await expect(reading).rejects.toThrow('enough')
})

test('the signal ends it at once while more arrives than is read', async () => {
  const controller = new AbortController()
  const { fd, path } = await makePipe()
  const writer = spawn('sh', ['-c', 'head -c 300000000 /dev/zero > "$0" 2>/dev/null', path])
  let read = 0
  const reading = async () => {
    for await (const chunk of readPipe(fd, controller.signal)) {
      read += chunk.length
      await sleep(2)
      controller.abort(new Error('enough'))
    }
  }
  await expect(reading()).rejects.toThrow('enough')
  expect(read).toBeLessThanOrEqual(CHUNK)
  writer.kill()
})

test('what is no pipe is refused by the system', async () => {
  const file = openSync(await temporaryFile(content(10)), 'r')
  await expect(collect(readPipe(file))).rejects.toMatchObject({ code: 'ERR_INVALID_FD_TYPE' })
})

test('a signal that has aborted before lets nothing through', async () => {
  const { fd } = await makePipe()
  await expect(collect(readPipe(fd, AbortSignal.abort()))).rejects.toMatchObject({ name: 'AbortError' })
})

async function makePipe(): Promise<{ fd: number; path: string }> {
  const path = join(await temporaryDirectory(), 'pipe')
  execFileSync('mkfifo', [path])
  return { fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), path }
}
