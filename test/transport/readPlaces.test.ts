import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parsePlace } from '../../src/transport/places.js'
import { readDestination, readSource } from '../../src/transport/readPlaces.js'
import { temporaryDirectory } from '../fixtures/directory.js'

test.each([
  ['out.tar.xz', 'out.tar, out.tar.gz or out.tar.zst for an archive, oci:out.tar.xz for a directory'],
  ['a/out.ZIP', 'a/out.tar, a/out.tar.gz or a/out.tar.zst for an archive, oci:a/out.ZIP for a directory'],
  ['out.oci', 'oci-archive:out.oci for an archive, oci:out.oci for a directory'],
  [
    'docker-archive:out.tar.xz:v1',
    'docker-archive:out.tar, docker-archive:out.tar.gz or docker-archive:out.tar.zst for an archive',
  ],
  ['oci-archive:out.7z', 'oci-archive:out.tar, oci-archive:out.tar.gz or oci-archive:out.tar.zst for an archive'],
])('the destination %s is refused for its ending, with what is possible', (text, hint) => {
  expect(() => readDestination(text)).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(/an archive cannot be written as \.\w/) }),
  )
  expect(() => readDestination(text)).toThrow(expect.objectContaining({ hint: expect.stringContaining(hint) }))
  expect(readSource(text)).toEqual(parsePlace(text))
})

test.each(['oci:out.tar.xz', 'oci:out.zip', 'oci-archive:out.oci', 'docker-archive:out.bin', 'out.tar.xz/'])(
  'the destination %s is decided by its prefix, or by its form',
  (text) => {
    expect(readDestination(text)).toEqual(parsePlace(text))
  },
)

/** A directory with colons in the names of what is in it. */
async function colons(): Promise<string> {
  const root = await temporaryDirectory()
  await mkdir(join(root, 'b:1', 'in'), { recursive: true })
  await writeFile(join(root, 'a:1.tar'), '')
  await writeFile(join(root, 'app'), '')
  return root
}

test.each([
  ['oci:', 'b:1', 'b:1'],
  ['oci:', 'b:1/out', 'b:1/out'],
  ['oci:', 'b:1/new/out:v1', 'b:1/new/out'],
  ['oci:', 'b:1:v1', 'b:1'],
  ['docker-archive:', 'b:1/app.tar:@0', 'b:1/app.tar'],
  ['oci-archive:', 'a:1.tar', 'a:1.tar'],
  ['docker-archive:', 'a:1.tar:app:v1', 'a:1.tar'],
])('%s%s is refused where the path seems to be %s', async (prefix, rest, path) => {
  const root = await colons()
  const refused = expect.objectContaining({
    code: 'USAGE',
    hint: `a path without a prefix is never split at a colon: write ${root}/${path}`,
  })
  for (const read of [readSource, readDestination]) expect(() => read(`${prefix}${root}/${rest}`)).toThrow(refused)
  expect(readSource(`${root}/${path}`)).toEqual({ transport: undefined, path: `${root}/${path}` })
})

test.each(['oci:new:v1', 'oci:new:a.example:5000/b:1', 'docker-archive:app:v1', 'oci:b', 'b:1/new', 'b:2'])(
  '%s has one reading',
  async (text) => {
    const root = await colons()
    const there = text.replace(/^([\w-]+:(?=\D))?/, `$1${root}/`)
    expect(readSource(there)).toEqual(parsePlace(there))
    expect(readDestination(there)).toEqual(parsePlace(there))
  },
)

test('a bare source is not split, but told what its prefix would be', async () => {
  const root = await colons()
  await mkdir(join(root, 'layout'))
  const hintOf = (name: string) => expect.objectContaining({ code: 'NOT_FOUND', hint: expect.stringContaining(name) })
  expect(() => readSource(`${root}/layout:v1`)).toThrow(hintOf(`oci:${root}/layout:v1`))
  expect(() => readSource(`${root}/app:v1`)).toThrow(hintOf(`docker-archive:${root}/app:v1`))
})
