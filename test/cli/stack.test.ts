import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { BIN } from '../fixtures/cli.js'
import { temporaryDirectory } from '../fixtures/directory.js'
import { dockerArchive, image } from '../fixtures/image.js'

const run = promisify(execFile)

/** Makes a function fail that the program calls when it prints a table. */
const BROKEN = `const { padEnd } = String.prototype
String.prototype.padEnd = function (...all) {
  if (new Error().stack.includes('/dist/cli/')) throw new TypeError('forced\u001b[1m')
  return padEnd.apply(this, all)
}`

test('a bug is told with the lines of the source that led to it', async () => {
  const { code, stderr } = await failing(await archive())
  expect(code).toBe(70)
  const [message, hint, ...places] = stderr.trimEnd().split('\n')
  expect(message).toMatch(/^transload: .*forced\\u001b\[1m$/)
  expect(hint).toBe('hint: this is a bug in transload; please report it')
  expect(places.length).toBeGreaterThan(1)
  for (const place of places) expect(place).toMatch(/^ {2}at (src|node_modules)\/[\w/.-]+\.[jt]s:\d+$/)
  expect(await lineAt(places[0] ?? '')).toContain('.padEnd(')
})

test('what is wrong with an image is told without a stack', async () => {
  const path = join(await temporaryDirectory(), 'a.tar')
  await writeFile(path, 'no image')
  const { code, stderr } = await run(process.execPath, [BIN, 'inspect', path]).catch((failure) => failure)
  expect(code).toBe(1)
  expect(stderr).not.toContain('  at ')
})

async function archive(): Promise<string> {
  const path = join(await temporaryDirectory(), 'a.tar')
  await writeFile(path, dockerArchive(image()))
  return path
}

async function failing(path: string): Promise<{ code: number; stderr: string }> {
  const preload = `data:text/javascript,${encodeURIComponent(BROKEN)}`
  const failure: unknown = await run(process.execPath, ['--import', preload, BIN, 'inspect', path]).catch(
    (error) => error,
  )
  return failure as { code: number; stderr: string }
}

/** The line of a source that a place names. */
async function lineAt(place: string): Promise<string | undefined> {
  const [, path = '', row] = /at (.*):(\d+)$/.exec(place) ?? []
  const text = await readFile(new URL(`../../${path}`, import.meta.url), 'utf8')
  return text.split('\n')[Number(row) - 1]
}
