import { randomUUID } from 'node:crypto'
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { digestOf } from '../src/spec/digest.js'
import { content } from './fixtures/bytes.js'
import { start, transload } from './fixtures/cli.js'
import { filesBelow, temporaryDirectory, temporaryFile } from './fixtures/directory.js'
import { dockerArchive, image } from './fixtures/image.js'

const MOMENTS = 20

test('killed at any moment, the layout keeps what it had, and the next run completes', async () => {
  const root = await temporaryDirectory()
  const layout = join(root, 'layout')
  const old = await temporaryFile(dockerArchive(image({ tags: ['old:1'] })))
  const files = Array.from({ length: 8 }, (_, at) => content(2_000_000, at + 1).toString('latin1'))
  const archive = await temporaryFile(dockerArchive(image({ tags: ['new:1'], files })))
  await transload('convert', old, layout)
  const before = await filesBelow(layout)
  const took = await timeOf(() => transload('convert', archive, join(root, 'undisturbed')))

  for (let moment = 0; moment < MOMENTS; moment++) {
    const child = start('convert', archive, layout)
    await new Promise((resolve) => setTimeout(resolve, (took * (moment + 1)) / MOMENTS))
    child.kill('SIGKILL')
    await child.finished
    expect(await filesBelow(layout)).toMatchObject({ ...before, 'index.json': expect.stringContaining('old:1') })
    expect(await brokenBlobs(layout)).toEqual([])
  }

  expect((await transload('convert', archive, layout)).status).toBe(0)
  expect((await readdir(layout)).sort()).toEqual(['blobs', 'index.json', 'oci-layout'])
  expect(await filesBelow(layout)).toMatchObject(without(await filesBelow(join(root, 'undisturbed')), 'index.json'))
  expect(await readFile(join(layout, 'index.json'), 'utf8')).toMatch(/old:1.*new:1/)
  // As long as twenty runs take on a machine that is busy with other tests.
}, 120_000)

test('a new layout whose making was killed can be made again', async () => {
  const layout = join(await temporaryDirectory(), 'layout')
  const left = join(layout, `.transload-${randomUUID()}`)
  await mkdir(left, { recursive: true })
  await writeFile(join(left, 'owner'), JSON.stringify(await deadProcess()))
  const result = await transload('convert', await temporaryFile(dockerArchive(image())), layout)
  expect(result).toEqual({ status: 0, stdout: '', stderr: '' })
  expect((await readdir(layout)).sort()).toEqual(['blobs', 'index.json', 'oci-layout'])
})

test('many writers of one layout at once lose nothing', async () => {
  const layout = join(await temporaryDirectory(), 'layout')
  const names = Array.from({ length: 8 }, (_, at) => `app:v${at}`)
  const archives = await Promise.all(
    names.map((tag) => temporaryFile(dockerArchive(image({ tags: [tag], files: ['base', tag] })))),
  )
  const results = await Promise.all(archives.map((archive) => transload('convert', archive, layout)))
  expect(results.map(({ status, stderr }) => ({ status, stderr }))).toEqual(
    names.map(() => ({ status: 0, stderr: '' })),
  )
  const { manifests } = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8'))
  const found = manifests.map(
    ({ annotations }: { annotations: Record<string, string> }) => annotations['io.containerd.image.name'],
  )
  expect(found.sort()).toEqual(names.map((name) => `docker.io/library/${name}`))
  expect(await brokenBlobs(layout)).toEqual([])
})

test('a damaged blob that the layout had is not taken for good when its size is wrong', async () => {
  const layout = join(await temporaryDirectory(), 'layout')
  const made = image()
  const archive = await temporaryFile(dockerArchive(made))
  await transload('convert', archive, layout)
  await appendFile(join(layout, 'blobs', digestOf(made.config).replace(':', '/')), 'x')
  expect((await transload('convert', archive, layout)).status).toBe(0)
  expect(await brokenBlobs(layout)).toEqual([])
})

/** Blobs whose bytes are not what their name says. */
async function brokenBlobs(layout: string): Promise<string[]> {
  const blobs = Object.entries(await filesBelow(join(layout, 'blobs', 'sha256')))
  return blobs
    .filter(([name, text]) => digestOf(Buffer.from(text, 'latin1')) !== `sha256:${name}`)
    .map(([name]) => name)
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

/** The identity of a process of this machine that has ended. */
async function deadProcess(): Promise<Record<string, unknown>> {
  const { thisProcess } = await import('../src/store/layout/process.js')
  const child = start('--version')
  await child.finished
  return { ...thisProcess(), pid: child.pid, startTime: '1' }
}

function without(files: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(files).filter(([path]) => path !== name))
}
