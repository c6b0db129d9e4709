import { spawn, spawnSync } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BIN, transload, watched } from '../fixtures/cli.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, image } from '../fixtures/image.js'

const BOOT = '/proc/sys/kernel/random/boot_id'
const canPretend = spawnSync('unshare', ['-m', 'sh', '-c', `mount --bind /dev/null ${BOOT}`]).status === 0

test.runIf(canPretend)('what a host of the same name does on a shared volume is not taken for dead', async () => {
  const layout = join(await temporaryDirectory(), 'layout')
  const boot = await temporaryFile(Buffer.from('00000000-0000-4000-8000-000000000000\n'), 'boot')
  const pretended = `mount --bind "$0" ${BOOT} && exec "$@"`
  const args = ['-m', 'sh', '-c', pretended, boot, process.execPath, BIN, 'convert', '-', layout]
  const elsewhere = watched(spawn('unshare', args))
  const archive = dockerArchive(image({ tags: ['elsewhere:2'] }))
  elsewhere.stdin?.write(archive.subarray(0, -600))
  // Its staging directory is there by then.
  await expect
    .poll(async () => stagingIn(layout), { timeout: 20_000 })
    .toMatchObject([{ boot: expect.stringContaining('00000000-') }])
  const own = await temporaryFile(dockerArchive(image({ tags: ['own:1'], files: ['own'] })))
  expect(await transload('convert', own, layout)).toMatchObject({ status: 0, stderr: '' })
  expect(await stagingIn(layout)).toHaveLength(1)
  elsewhere.stdin?.end(archive.subarray(-600))
  expect(await elsewhere.finished).toMatchObject({ status: 0, stderr: '' })
  expect(await readFile(join(layout, 'index.json'), 'utf8')).toMatch(/own:1.*elsewhere:2/)
  expect((await readdir(layout)).sort()).toEqual(['blobs', 'index.json', 'oci-layout'])
})

test.runIf(canPretend)('the lock of a host of the same name is not broken at once', async () => {
  const layout = join(await temporaryDirectory(), 'layout')
  await transload('convert', await temporaryFile(dockerArchive(image())), layout)
  const { thisProcess } = await import('../../src/store/layout/process.js')
  const record = JSON.stringify({ ...thisProcess(), boot: 'another' })
  const lock = join(layout, '.transload.lock')
  await writeFile(lock, record)
  const running = transload(
    'convert',
    await temporaryFile(dockerArchive(image({ tags: ['b:1'], files: ['b'] }))),
    layout,
  )
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(await readFile(lock, 'utf8')).toBe(record)
  spawnSync('rm', [lock])
  expect(await running).toMatchObject({ status: 0 })
})

/** Owners of what is staged in a layout. */
async function stagingIn(layout: string): Promise<unknown[]> {
  const names = (await readdir(layout).catch(() => [])).filter((name) => name.startsWith('.transload-'))
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(layout, name, 'owner'), 'utf8'))))
}
