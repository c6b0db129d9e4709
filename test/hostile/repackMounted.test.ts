import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bundleOf, layoutOf } from '../fixtures/bundle.js'
import { BIN, watched } from '../fixtures/cli.js'
import { temporaryDirectory } from '../fixtures/directory.js'

const canMount = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0

/** Repacks a bundle with something mounted in it, by a script that gets the root file system and a directory of the host. */
async function repackedWith(mounts: string, koffi: string) {
  const layout = await layoutOf([
    { name: 'd/', type: '5' },
    { name: 'f', content: 'ours' },
  ])
  const { bundle, rootfs } = await bundleOf(layout)
  const host = join(await temporaryDirectory(), 'host')
  mkdirSync(host)
  writeFileSync(join(host, 'secret'), 'of the host')
  const script = `${mounts} && exec "$NODE" "$BIN" repack --image "oci:$LAYOUT" --json "$BUNDLE"`
  const env = { ...process.env, R: rootfs, H: host, NODE: process.execPath, BIN, LAYOUT: layout, BUNDLE: bundle }
  const args = ['--mount', 'sh', '-c', script]
  const child = watched(
    spawn('unshare', args, { env: { ...env, TRANSLOAD_KOFFI: koffi }, stdio: ['pipe', 'pipe', 'pipe'] }),
  )
  return child.finished
}

test.skipIf(!canMount).each([
  ['a directory of the same file system', 'mount --bind "$H" "$R/d"', 'd'],
  ['a file of the same file system', 'mount --bind "$H/secret" "$R/f"', 'f'],
  ['a file system', 'mount -t tmpfs none "$R/d" && cp "$H/secret" "$R/d"', 'd'],
])('%s that is mounted in a bundle is not packed, which is told', async (_, mounts, where) => {
  const { status, stdout, stderr } = await repackedWith(mounts, 'on')
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('something is mounted there') })
  expect(JSON.parse(stdout)).toMatchObject({ layer: null, warnings: [{ code: 'MOUNT', where }] })
})

test.skipIf(!canMount)('without koffi a file system that is mounted is not packed', async () => {
  const { stdout } = await repackedWith('mount -t tmpfs none "$R/d" && cp "$H/secret" "$R/d"', 'off')
  expect(JSON.parse(stdout)).toMatchObject({ layer: null })
})
