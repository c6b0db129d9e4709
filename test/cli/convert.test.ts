import { execFileSync, spawnSync } from 'node:child_process'
import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { digestOf } from '../../src/spec/digest.js'
import { stacked } from '../fixtures/archives.js'
import { noise } from '../fixtures/bytes.js'
import { BIN, start, startAs, transload, transloadWith } from '../fixtures/cli.js'
import { filesBelow, temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, image } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'

test('an archive becomes a layout, in silence', async () => {
  const out = join(await temporaryDirectory(), 'out')
  const result = await transload('convert', await temporaryFile(dockerArchive(image())), `oci:${out}`)
  expect(result).toEqual({ status: 0, stdout: '', stderr: '' })
  expect(await readFile(join(out, 'oci-layout'), 'utf8')).toBe('{"imageLayoutVersion":"1.0.0"}')
})

test('copy is another name for convert', async () => {
  const out = join(await temporaryDirectory(), 'out')
  expect((await transload('copy', await temporaryFile(dockerArchive(image())), out)).status).toBe(0)
  expect(await filesBelow(out)).toHaveProperty('index.json')
})

test('an archive on standard input gives the same layout, and is read to its end', async () => {
  const root = await temporaryDirectory()
  const archive = Buffer.concat([dockerArchive(image()), Buffer.alloc(1 << 20)])
  const fromFile = await transload('convert', await temporaryFile(archive), join(root, 'file'))
  const fromPipe = await transloadWith(archive, 'convert', '-', join(root, 'pipe'))
  expect([fromFile.status, fromPipe.status]).toEqual([0, 0])
  expect(await filesBelow(join(root, 'pipe'))).toEqual(await filesBelow(join(root, 'file')))
})

test('an image of more layers than files may be open is stored', async () => {
  const layers = Array.from({ length: 500 }, (_, at) => tar([{ name: `${at}`, content: `${at}` }]))
  const archive = await temporaryFile(dockerArchive(stacked(layers)))
  const out = join(await temporaryDirectory(), 'out')
  const command = 'ulimit -n 100; exec "$0" "$1" convert "$2" "$3"'
  execFileSync('sh', ['-c', command, process.execPath, BIN, archive, out], { stdio: 'pipe' })
  expect(Object.keys(await filesBelow(out))).toHaveLength(500 + 4)
})

test('--json prints one row for each name, and nothing else', async () => {
  const made = image({ tags: ['app:v1', 'registry.example.com/team/app:2'] })
  const archive = await temporaryFile(dockerArchive(made, image({ tags: null, files: ['other'] })))
  const { stdout, stderr } = await transload('convert', archive, join(await temporaryDirectory(), 'out'), '--json')
  const { images, warnings } = JSON.parse(stdout)
  expect(stderr).toBe('')
  expect(warnings).toEqual([])
  expect(images.map(({ reference }: { reference: string }) => reference)).toEqual([
    'docker.io/library/app:v1',
    'registry.example.com/team/app:2',
    null,
  ])
  expect(images[0]).toMatchObject({ config: digestOf(made.config), platform: 'linux/amd64', from: null })
  expect(Object.keys(images[0])).toEqual(['reference', 'digest', 'config', 'platform', 'mediaType', 'size', 'from'])
})

test('a failure is one line on stderr, a hint, and status 1', async () => {
  const cut = dockerArchive(image()).subarray(0, 2000)
  const archive = await temporaryFile(cut)
  const { status, stdout, stderr } = await transload('convert', archive, join(await temporaryDirectory(), 'out'))
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr.split('\n')).toEqual([
    expect.stringMatching(/^transload: convert .*archive\.tar: the archive ends within .*: expected \d+, found \d+$/),
    'hint: it was cut off: save or copy it again',
    '',
  ])
})

test('names in an archive cannot act on the terminal', async () => {
  const archive = await temporaryFile(dockerArchive(image({ tags: ['\u001b[31mred\nline'] })))
  const { status, stderr } = await transload('convert', archive, join(await temporaryDirectory(), 'out'))
  expect(status).toBe(0)
  expect(stderr).toMatch(/^warning: [^\n]*\n$/)
  expect(stderr).not.toContain('\u001b')
})

test('--strict makes an error of a warning, and leaves nothing', async () => {
  const root = await temporaryDirectory()
  const archive = await temporaryFile(dockerArchive(image({ tags: ['UPPER:case'] })))
  expect((await transload('convert', archive, join(root, 'out'), '--strict')).status).toBe(1)
  expect(await filesBelow(root)).toEqual({})
})

test('plain progress is a line for each layer and a summary', async () => {
  const archive = await temporaryFile(dockerArchive(image()))
  const out = join(await temporaryDirectory(), 'out')
  const { stdout, stderr } = await transload('convert', archive, out, '--progress', 'plain')
  expect(stdout).toBe('')
  expect(stderr.match(/layer\.tar {2}2\.05 kB/g)).toHaveLength(2)
  expect(stderr).toMatch(
    /\napp:v1 {2}linux\/amd64 {2}.*sha256:[0-9a-f]{64}\n1 image, 4\.10 kB read, .* written, .* s\n$/,
  )
})

test.each([
  [['--layers', 'gzip'], 'transload'],
  [['--layers', 'gzip', '--level', '6'], `zlib ${process.versions.zlib}`],
  [['--layers', 'gzip', '--compressor', 'zlib'], `zlib ${process.versions.zlib}`],
  [['--layers', 'gzip', '--compressor', 'transload'], 'transload'],
  [['--layers', 'zstd'], 'zstd 1.5.6'],
  [[], null],
])('what compressed the layers is said: %j', async (options, compressor) => {
  const archive = await temporaryFile(dockerArchive(image()))
  const out = join(await temporaryDirectory(), 'out')
  const { stdout } = await transload('convert', archive, out, '--json', ...options)
  expect(JSON.parse(stdout).compressor).toBe(compressor)
  const again = await transload('convert', archive, `${out}2`, '--progress', 'plain', ...options)
  expect(again.stderr.includes('compressed by')).toBe(compressor !== null)
  expect(again.stderr).toContain(compressor === null ? 'written, ' : ` written, compressed by ${compressor}, `)
})

test('libdeflate without koffi is told before anything is done, with what to do', async () => {
  const root = await temporaryDirectory()
  await cp(dirname(BIN), join(root, 'cli'), { recursive: true })
  await writeFile(join(root, 'package.json'), '{"type":"module"}')
  const options = ['--layers', 'gzip', '--compressor', 'libdeflate']
  const command = [join(root, 'cli', basename(BIN)), 'convert', 'no.tar', join(root, 'out'), ...options]
  const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' })
  expect(stderr).toMatch(/^transload: .*the compressor libdeflate cannot be used here.*\nhint: install .*koffi.*\n$/)
  expect(status).toBe(1)
})

test('what was compressed already is not said to have been', async () => {
  const first = join(await temporaryDirectory(), 'first')
  await transload('convert', await temporaryFile(dockerArchive(image())), first, '--layers', 'gzip')
  const { stdout } = await transload('convert', first, `${first}2`, '--layers', 'gzip', '--json')
  expect(JSON.parse(stdout).compressor).toBe(null)
})

test('the destination names the image, and a bare tag keeps its repository', async () => {
  const out = join(await temporaryDirectory(), 'out')
  const archive = await temporaryFile(dockerArchive(image()))
  const { stdout } = await transload('convert', archive, `oci:${out}:v2`, '--add-tag', 'other:1', '--json')
  const names = JSON.parse(stdout).images.map(({ reference }: { reference: string }) => reference)
  expect(names).toEqual(['docker.io/library/app:v2', 'docker.io/library/other:1'])
})

test.each([
  ['no source', ['convert'], /the source and the destination are missing/],
  ['no destination', ['convert', 'a.tar'], /the destination is missing/],
  [
    'an unknown option',
    ['convert', '--layer', 'a.tar', 'out'],
    /^transload: unknown option --layer\nhint: did you mean --layers\?\n$/,
  ],
  ['an option given twice', ['convert', 'a.tar', 'out', '--layers', 'gzip', '--layers', 'zstd'], /more than once/],
  ['an unknown choice', ['convert', 'a.tar', 'out', '--layers', 'lzma'], /--layers: expected keep, .*, found lzma/],
  ['a layout that is to be replaced', ['convert', 'a.tar', 'out', '--force'], /a layout is always added to/],
  ['a level without compression', ['convert', 'a.tar', 'out', '--level', '3'], /a level goes with layers gzip or zstd/],
  ['a level that there is not', ['convert', 'a.tar', 'out', '--layers', 'gzip', '--level', '12'], /1 to 9, found 12/],
  [
    'a compressor without gzip',
    ['convert', 'a.tar', 'out', '--compressor', 'zlib'],
    /a compressor goes with layers gzip/,
  ],
  ['a fraction of a job', ['convert', 'a.tar', 'out', '--jobs', '1.5'], /a whole number from 1 to 64, found 1.5/],
  ['no such platform', ['convert', 'a.tar', 'out', '--platform', 'amd64'], /not a platform/],
  [
    'another tool’s transport',
    ['convert', 'docker://app', 'out'],
    /registries are not supported yet\nhint: skopeo copy/,
  ],
  [
    'an ending that is not written',
    ['convert', 'a.tar', 'out.tar.xz'],
    /an archive cannot be written as \.tar\.xz\nhint: /,
  ],
])('%s is wrong usage: status 2', async (_, args, message) => {
  const { status, stderr } = await transload(...args)
  expect(stderr).toMatch(message)
  expect(status).toBe(2)
})

test('several images cannot get one new name', async () => {
  const archive = await temporaryFile(dockerArchive(image(), image({ tags: ['b:1'], files: ['b'] })))
  const { status, stderr } = await transload('convert', archive, join(await temporaryDirectory(), 'out'), '--tag', 'c')
  expect(status).toBe(2)
  expect(stderr).toContain('found 2 images: app:v1, b:1\nhint: choose one with --image')
})

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s while the pipe is silent ends at once and leaves nothing',
  async (signal) => {
    const root = await temporaryDirectory()
    const child = start('convert', '-', join(root, 'out'))
    child.stdin?.write(dockerArchive(image()).subarray(0, 3000))
    await staged(root)
    child.kill(signal)
    expect((await child.finished).status).toBe(signal === 'SIGINT' ? 130 : 143)
    expect(await filesBelow(root)).toEqual({})
  },
)

test('when the reader of the output goes away, it ends silently', async () => {
  const out = join(await temporaryDirectory(), 'out')
  const child = start('convert', await temporaryFile(dockerArchive(image())), out, '--json')
  child.stdout?.destroy()
  const { status, stderr } = await child.finished
  expect({ status, stderr }).toEqual({ status: 141, stderr: '' })
})

test('when the reader of an archive goes away, it ends silently', async () => {
  const large = image({ files: [noise(3_000_000).toString('latin1')] })
  const child = start('convert', await temporaryFile(dockerArchive(large)), '-')
  child.stdout?.once('data', () => child.stdout?.destroy())
  const { status, stderr } = await child.finished
  expect({ status, stderr }).toEqual({ status: 141, stderr: '' })
})

test('an archive goes to standard output, and what was done to the other', async () => {
  const root = await temporaryDirectory()
  const archive = await temporaryFile(dockerArchive(image()))
  const { status, stdout, stderr } = await transload('convert', archive, '-', '--json')
  expect(status).toBe(0)
  expect(JSON.parse(stderr).images).toMatchObject([{ reference: 'docker.io/library/app:v1' }])
  await transload('convert', archive, join(root, 'out.tar'))
  expect(stdout).toBe(await readFile(join(root, 'out.tar'), 'utf8'))
})

test('/dev/stdout is standard output, without a prefix', async () => {
  const archive = await temporaryFile(dockerArchive(image()))
  const { status, stdout, stderr } = await transload('convert', archive, '/dev/stdout', '--json')
  expect(status).toBe(0)
  expect(JSON.parse(stderr).images).toHaveLength(1)
  expect(stdout).toBe((await transload('convert', archive, '-')).stdout)
})

test('a file that is called - can be named', async () => {
  const root = await temporaryDirectory()
  await writeFile(join(root, '-'), dockerArchive(image()))
  expect((await transload('convert', `${root}/-`, join(root, 'out'))).status).toBe(0)
})

test.each([['--', '-x.tar'], ['./-x.tar']])('a source that starts with a dash can be named: %j', async (...path) => {
  const root = await temporaryDirectory()
  await writeFile(join(root, '-x.tar'), dockerArchive(image()))
  const outcome = async (...args: string[]) => (await startAs({ cwd: root }, ...args).finished).status
  expect(await outcome('inspect', ...path)).toBe(0)
  expect(await outcome('convert', '--json', ...path, 'oci:out')).toBe(0)
  expect(await filesBelow(join(root, 'out'))).toHaveProperty('index.json')
})

test('a directory for temporary files that is not there is told as such', async () => {
  const archive = await temporaryFile(dockerArchive(image()))
  const TMPDIR = join(await temporaryDirectory(), 'gone')
  const child = startAs({ env: { ...process.env, TMPDIR } }, 'convert', archive, '-', '--layers', 'gzip')
  const { status, stderr } = await child.finished
  expect(status).toBe(1)
  expect(stderr).toMatch(/gone: the directory for temporary files does not exist\nhint: set TMPDIR to a directory/)
})

/** Waits until the command has begun to write. */
async function staged(root: string): Promise<void> {
  // By names alone: a file may be renamed while it is read.
  const begun = async () => (await readdir(root, { recursive: true })).some((path) => basename(path) === 'owner')
  while (!(await begun())) await new Promise((resolve) => setImmediate(resolve))
}
