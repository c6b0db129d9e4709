import { execFileSync, spawnSync } from 'node:child_process'
import { chmod, chown, lchown, lstat, readdir, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { canary } from '../fixtures/canary.js'
import { startAs, transload, USERS } from '../fixtures/cli.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, image } from '../fixtures/image.js'
import { withLinksFollowed } from '../fixtures/system.js'

const NOBODY = 65_534
const archive = dockerArchive(image())
const FORCE = [[], ['--force']]

describe.each(FORCE)('with %s', (...force) => {
  test.each([
    ['/dev/null', 'a device'],
    ['/dev/full', 'a device'],
    ['.', 'a directory'],
  ])('a link to %s is not written through', async (target, found) => {
    const path = join(await temporaryDirectory(), 'out.tar')
    await symlink(target, path)
    const result = await transload('convert', await temporaryFile(archive), path, ...force)
    expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining(found) })
    expect((await lstat(path)).isSymbolicLink()).toBe(true)
  })

  test('a socket is not written to', async () => {
    const path = join(await temporaryDirectory(), 'out.tar')
    const server = createServer()
    await new Promise<void>((done) => server.listen(path, done))
    const result = await transload('convert', await temporaryFile(archive), path, ...force)
    server.close()
    expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining('a socket') })
  })

  test('a link to a named pipe is not opened, so that nobody waits for its reader', async () => {
    const root = await temporaryDirectory()
    execFileSync('mkfifo', [join(root, 'pipe')])
    await symlink('pipe', join(root, 'out.tar'))
    const result = await transload('convert', await temporaryFile(archive), join(root, 'out.tar'), ...force)
    expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining('a named pipe') })
  })

  test.runIf(canMakeDisks())('a disk is never written to, nor behind a link', async () => {
    const root = await temporaryDirectory()
    const disk = join(root, 'disk.tar')
    // A loop device that has no file: whoever opens it for writing is told so by another error.
    execFileSync('mknod', [disk, 'b', '7', '250'])
    await symlink('disk.tar', join(root, 'link.tar'))
    for (const path of [disk, join(root, 'link.tar')]) {
      const result = await transload('convert', await temporaryFile(archive), path, ...force)
      expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining('the destination is a block device') })
    }
    expect((await readdir(root)).sort()).toEqual(['disk.tar', 'link.tar'])
  })

  test.runIf(process.getuid?.() === 0)(
    'a link of another user where all may write is refused',
    async () => {
      const { path, assertUntouched } = await canary()
      for (const target of [join(path, 'new'), join(path, 'diary.txt'), path]) {
        const root = await temporaryDirectory()
        await chmod(root, 0o1777)
        await symlink(target, join(root, 'out.tar'))
        await lchown(join(root, 'out.tar'), NOBODY, NOBODY)
        const from = await temporaryFile(archive)
        await withLinksFollowed(async () => {
          for (const to of [join(root, 'out.tar'), `oci:${join(root, 'out.tar')}`]) {
            const result = await transload('convert', from, to, ...(to.startsWith('oci:') ? [] : force))
            expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining('of another user') })
          }
        })
        expect(await readdir(root)).toEqual(['out.tar'])
        assertUntouched()
      }
      // Twelve runs of the command.
    },
    120_000,
  )
})

test.runIf(process.getuid?.() === 0)('a slash does not lead through a link of another user', async () => {
  const { path, assertUntouched } = await canary()
  const root = await temporaryDirectory()
  await chmod(root, 0o1777)
  await symlink(path, join(root, 'out'))
  await lchown(join(root, 'out'), NOBODY, NOBODY)
  const result = await transload('convert', await temporaryFile(archive), `oci:${join(root, 'out')}/`)
  expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining('of another user') })
  assertUntouched()
})

test.runIf(process.getuid?.() === 0)('a pipe of another user where all may write gets nothing', async () => {
  const root = await temporaryDirectory()
  await chmod(root, 0o1777)
  execFileSync('mkfifo', [join(root, 'out.tar')])
  await chown(join(root, 'out.tar'), NOBODY, NOBODY)
  const result = await transload('convert', await temporaryFile(archive), join(root, 'out.tar'))
  expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining('a named pipe of another user') })
})

test.runIf(process.platform === 'linux')(
  'a descriptor that nobody gave is not written to, though Node may have it',
  async () => {
    const from = await temporaryFile(archive)
    for (const descriptor of [3, 8, 13, 99]) {
      const result = await transload('convert', from, `docker-archive:/dev/fd/${descriptor}`)
      expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining('the descriptor is not open') })
    }
  },
)

test('a device or a descriptor that is named as such is written to', async () => {
  const from = await temporaryFile(archive)
  expect(await transload('convert', from, 'docker-archive:/dev/null')).toMatchObject({ status: 0 })
  const out = join(await temporaryDirectory(), 'out')
  const { pid: _, ...child } = spawnSync('bash', [
    '-c',
    'exec "$0" "$1" convert "$2" docker-archive:/dev/fd/3 3>"$3"',
    process.execPath,
    ...(await binAnd(from, out)),
  ])
  expect(child.status).toBe(0)
  expect((await lstat(out)).size).toBeGreaterThan(1024)
})

describe.each(USERS)('as $name', ({ uid }) => {
  test('a file that is replaced gives its mode only if it is one’s own', async () => {
    const root = await temporaryDirectory()
    await chmod(root, 0o777)
    for (const owner of USERS) {
      const path = join(root, `${owner.uid}.tar`)
      await writeFile(path, 'old')
      await chmod(path, 0o666)
      await chown(path, owner.uid, owner.uid)
      const from = await temporaryFile(archive)
      expect(await startAs({ uid, gid: uid }, 'convert', from, path, '--force').finished).toMatchObject({ status: 0 })
      expect((await lstat(path)).mode & 0o777).toBe(owner.uid === uid ? 0o666 : 0o644 & ~process.umask())
    }
  })
})

async function binAnd(...paths: string[]): Promise<string[]> {
  const { BIN } = await import('../fixtures/cli.js')
  return [BIN, ...paths]
}

function canMakeDisks(): boolean {
  return (
    process.getuid?.() === 0 &&
    spawnSync('sh', ['-c', 'd=$(mktemp -d); mknod $d/x b 7 250; s=$?; rm -r $d; exit $s']).status === 0
  )
}
