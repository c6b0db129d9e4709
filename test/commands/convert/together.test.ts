import { spawnSync } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { convert } from '../../../src/commands/convert.js'
import { thisProcess } from '../../../src/store/layout/process.js'
import { ARCHIVES } from '../../fixtures/archives.js'
import { inChunks } from '../../fixtures/bytes.js'
import { filesBelow, temporaryDirectory } from '../../fixtures/directory.js'
import { dockerArchive, type Image, image } from '../../fixtures/image.js'
import { converted, namesIn } from '../../fixtures/layout.js'

/** Names as staging directories have them. */
const [LEFT, BUSY] = ['0', '1'].map((digit) => `.transload-00000000-0000-4000-8000-00000000000${digit}`) as [
  string,
  string,
]

test('conversions into one layout at the same time lose nothing', async () => {
  const path = join(await temporaryDirectory(), 'layout')
  const tags = ['a:1', 'b:2', 'c:3', 'd:4']
  await Promise.all(tags.map((tag) => add(image({ tags: [tag], files: ['same', tag] }), path)))
  const { index, files } = await converted(dockerArchive(image({ tags: ['e:5'], files: ['same'] })), {}, path)
  expect(
    namesIn(index)
      .map(([, ref]) => ref)
      .sort(),
  ).toEqual(['1', '2', '3', '4', '5'])
  expect(Object.keys(files)).toHaveLength(5 * 2 + 5 + 2)
  expect(await readdir(path)).toHaveLength(3)
})

test('a name that moves to a newcomer is told with both digests, once', async () => {
  const { path, images } = await converted(dockerArchive(image()))
  const newcomer = dockerArchive(image({ files: ['other'] }))
  const { warnings, index } = await converted(newcomer, {}, path)
  expect(warnings).toEqual([
    { code: 'NAME_MOVED', where: 'app:v1', message: expect.stringContaining(images[0]?.digest ?? '') },
  ])
  expect(warnings[0]?.message).toContain(index.manifests?.[0]?.digest)
  expect((await converted(newcomer, {}, path)).warnings).toEqual([])
})

test('a name that may not move is refused, and nothing is left of the newcomer', async () => {
  const { path, files, images } = await converted(dockerArchive(image()))
  const newcomer = dockerArchive(image({ files: ['other'] }))
  const refused = converted(newcomer, { replace: false }, path)
  await expect(refused).rejects.toMatchObject({ code: 'EXISTS', expected: images[0]?.digest })
  expect(await filesBelow(path)).toEqual(files)
  await converted(newcomer, { replace: false, tags: ['app:v2'] }, path)
  await converted(dockerArchive(image()), { replace: false }, path)
})

test.each(Object.entries(ARCHIVES))('an input that is added twice changes nothing: %s', async (_, archive) => {
  const { path, files } = await converted(archive())
  expect((await converted(archive(), {}, path)).files).toEqual(files)
})

test('a failure beside a success takes nothing away', async () => {
  const path = join(await temporaryDirectory(), 'layout')
  const good = add(image(), path)
  const bad = convert(inChunks(dockerArchive(image()).subarray(0, 5000), 512), path)
  const [first, second] = await Promise.allSettled([good, bad])
  expect([first.status, second.status]).toEqual(['fulfilled', 'rejected'])
  expect((await converted(dockerArchive(image()), {}, path)).index.manifests).toHaveLength(1)
})

test('what a dead process left behind is cleared away', async () => {
  const { path } = await converted(dockerArchive(image()))
  const dead = JSON.stringify({ ...thisProcess(), pid: deadPid() })
  await writeFile(join(path, '.transload.lock'), dead)
  await mkdir(join(path, LEFT))
  await writeFile(join(path, LEFT, 'owner'), dead)
  await writeFile(join(path, LEFT, '1'), 'half a blob')
  const { index } = await converted(dockerArchive(image({ tags: ['app:v2'] })), {}, path)
  expect(index.manifests).toHaveLength(2)
  expect((await readdir(path)).sort()).toEqual(['blobs', 'index.json', 'oci-layout'])
})

test('what a running process has in the layout stays', async () => {
  const { path } = await converted(dockerArchive(image()))
  await mkdir(join(path, BUSY))
  await writeFile(join(path, BUSY, 'owner'), JSON.stringify(thisProcess()))
  await converted(dockerArchive(image({ tags: ['app:v2'] })), {}, path)
  expect(await readdir(path)).toContain(BUSY)
})

async function add(made: Image, path: string): Promise<void> {
  await convert(inChunks(dockerArchive(made), 512), path)
}

/** The id of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid
}
