import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inspect } from '../../src/commands/inspect.js'
import { ARCHIVES, hybridArchive } from '../fixtures/archives.js'
import { noise } from '../fixtures/bytes.js'
import { type Result, start, transload, transloadWith } from '../fixtures/cli.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, image, layoutEntries } from '../fixtures/image.js'
import { unpacked } from '../fixtures/layout.js'
import { tar } from '../fixtures/tar.js'
import { V1_ARCHIVES } from '../fixtures/v1.js'
import { layoutOf } from '../variants/layouts.js'
import { LAYER, OTHER_LAYER, TWO } from '../variants/variant.js'

test('what is in an archive is shown on standard output, and nothing else is said', async () => {
  const path = await temporaryFile(dockerArchive(image()))
  const { status, stdout, stderr } = await transload('inspect', path)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout.split('\n').slice(0, 7)).toEqual([
    path,
    '  format    docker-archive',
    '  writer    –',
    '  images    1',
    '  verified  nothing; --full reads the layers and checks them',
    '',
    '@0 app:v1',
  ])
})

test.each(Object.entries(ARCHIVES))('--json prints all that the library says, on one line: %s', async (_, make) => {
  const path = await temporaryFile(make())
  const { status, stdout, stderr } = await transload('inspect', path, '--json')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toMatch(/^\{[^\n]*\}\n$/)
  const inspection = await inspect(path)
  expect(JSON.parse(stdout)).toEqual(inspection)
  expect(Object.keys(JSON.parse(stdout))).toEqual(['format', 'writer', 'compression', 'images', 'warnings', 'verified'])
})

test('from a pipe and from a directory it says the same, but for the name', async () => {
  const archive = hybridArchive()
  const lines = ({ stdout }: Result) => stdout.split('\n').slice(1)
  const byFile = await transload('inspect', await temporaryFile(archive))
  const byPipe = await transloadWith(archive, 'inspect', '-')
  expect(byPipe.stdout).toMatch(/^-\n {2}format {4}docker-archive and oci\n/)
  expect(lines(byPipe)).toEqual(lines(byFile))
  expect(lines(await transload('inspect', await unpacked(archive)))).toEqual(lines(byFile))
})

test('--full reads layers that only they can tell of', async () => {
  const path = await temporaryFile(V1_ARCHIVES['one layer']?.() ?? Buffer.alloc(0))
  const [stated, full] = [await transload('inspect', path), await transload('inspect', path, '--full')]
  expect(stated.stdout).toContain('  image ID    –\n')
  expect(full.stdout).toMatch(/ {2}image ID {4}sha256:[0-9a-f]{64}\n/)
})

test('--image chooses images, and says what there is if it does not', async () => {
  const archive = dockerArchive(image({ tags: ['app:v1', 'app:v2'] }), image({ tags: ['b:v2'], files: ['b'] }))
  const path = await temporaryFile(archive)
  const { stdout } = await transload('inspect', path, '--image', 'app:v2', '--image', '@1', '--json')
  expect(JSON.parse(stdout).images.map(({ names }: { names: string[] }) => names)).toEqual([['app:v2'], ['b:v2']])
  const { status, stderr } = await transload('inspect', path, '--image', 'v2')
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: `transload: inspect ${path}: v2: more than one image matches\nhint: it may be app:v2, b:v2\n`,
  })
})

test('what is odd is shown, and refused with --strict', async () => {
  const path = await temporaryFile(dockerArchive(image({ tags: ['UPPER:case'] })))
  const shown = await transload('inspect', path)
  expect(shown).toMatchObject({ status: 0, stderr: '' })
  expect(shown.stdout).toMatch(/\n\nwhat is odd\n {2}ILLEGAL_NAME {2}manifest\.json: [^\n]+\n$/)
  const refused = await transload('inspect', path, '--strict')
  expect(refused).toMatchObject({ status: 1, stdout: '' })
  expect(refused.stderr).toMatch(/^transload: inspect [^\n]+\nhint: without --strict this is a warning\n$/)
})

test('a failure is one line on stderr, a hint, and status 1', async () => {
  const path = await temporaryFile(dockerArchive(image()).subarray(0, 2000))
  const { status, stdout, stderr } = await transload('inspect', path)
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(/^transload: inspect [^\n]+: the archive ends within [^\n]+\nhint: [^\n]+\n$/)
})

test('layers that are not what is stated are a failure with --full', async () => {
  const lying = dockerArchive({ ...TWO, layers: [OTHER_LAYER, LAYER] })
  const path = await temporaryFile(lying)
  expect((await transload('inspect', path)).status).toBe(0)
  const { status, stdout, stderr } = await transload('inspect', path, '--full', '--json')
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
  const { images, verified, warnings } = JSON.parse(stdout)
  expect(images[0].problem).toMatch(/diffID of layer \d differs: expected sha256:\w+, found sha256:\w+$/)
  expect(verified.faults).toBe(1)
  expect(warnings).toMatchObject([{ code: 'BROKEN', where: 'app:v1' }])
  const strictly = await transload('inspect', path, '--full', '--strict')
  expect(strictly).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('diffID of layer') })
})

test.each([
  ['no source', ['inspect'], /the source is missing/],
  ['a source too many', ['inspect', 'a.tar', 'b.tar'], /one argument too many: b\.tar/],
  ['an unknown option', ['inspect', 'a.tar', '--layers', 'gzip'], /unknown option --layers/],
  ['no image', ['inspect', 'a.tar', '--image'], /--image needs a value/],
  ['an image without a name', ['inspect', 'a.tar', '--image', ''], /--image needs a value/],
  ['an empty place', ['inspect', ''], /a place cannot be empty/],
  ['another tool’s transport', ['inspect', 'docker://app'], /registries are not supported yet/],
])('%s is wrong usage: status 2', async (_, args, message) => {
  const { status, stdout, stderr } = await transload(...args)
  expect(stderr).toMatch(message)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
})

test('nothing in an archive acts on the terminal', async () => {
  const evil = '\u001b[31mred\r\nline\u202e'
  const config = { author: evil, config: { [evil]: evil }, history: [{ created_by: evil }, { comment: evil }] }
  const path = await temporaryFile(dockerArchive(image({ tags: [evil], config })))
  const { status, stdout } = await transload('inspect', path)
  expect(status).toBe(0)
  expect(stdout).toMatch(/\n {2}author +\\u001b\[31mred\\u000d\\u000aline\\u202e\n/)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
})

test('a source that is called - or has a selector can be named', async () => {
  const root = await temporaryDirectory()
  await mkdir(join(root, 'a'))
  await writeFile(join(root, 'a', '-'), tar(layoutEntries(layoutOf(TWO))))
  expect((await transload('inspect', `oci-archive:${root}/a/-:app:v1`)).status).toBe(0)
  expect((await transload('inspect', `oci-archive:${root}/a/-:app:v2`)).status).toBe(1)
})

test('when the reader of the output goes away, it ends silently', async () => {
  const child = start('inspect', await temporaryFile(dockerArchive(image())))
  child.stdout?.destroy()
  const { status, stderr } = await child.finished
  expect({ status, stderr }).toEqual({ status: 141, stderr: '' })
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s while the pipe is silent ends at once', async (signal, expected) => {
  const child = start('inspect', '-')
  const large = dockerArchive(image({ files: [noise(3_000_000).toString('latin1')] }))
  // More than a pipe holds: once it is written, it is being read.
  await new Promise((resolve) => child.stdin?.write(large.subarray(0, -2000), resolve))
  child.kill(signal)
  expect((await child.finished).status).toBe(expected)
})
