import { randomUUID } from 'node:crypto'
import { chown, mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { canary, LONG_AGO } from '../fixtures/canary.js'
import { startAs, USERS } from '../fixtures/cli.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, image } from '../fixtures/image.js'
import { withLinksFollowed } from '../fixtures/system.js'

const NAMES = ['.transload-x', '.transload', `.transload-${randomUUID()}`, '.transload.lock-0123456789abcdef']

describe.each(USERS)('as $name', ({ uid }) => {
  test.each(NAMES)(
    'what is behind a link %s stays, beside an archive, in a layout, where content is spooled',
    async (name) => {
      const archive = await temporaryFile(dockerArchive(image()))
      const { path, assertUntouched } = await canary()
      for (const make of [
        (root: string) => ({ args: [archive, join(root, 'out.tar')] }),
        (root: string) => ({ args: [archive, root] }),
        (root: string) => ({ args: ['-', '-'], env: { ...process.env, TMPDIR: root } }),
      ]) {
        const root = await temporaryDirectory()
        await chown(root, uid, uid)
        await symlink(path, join(root, name))
        const { args, ...options } = make(root)
        await withLinksFollowed(async () => {
          const child = startAs({ uid, gid: uid, ...options }, 'convert', ...args)
          child.stdin?.end(dockerArchive(image()))
          await child.finished
        })
        assertUntouched()
        expect(await readdir(root)).toContain(name)
      }
    },
  )

  test('files and directories of a user that begin like ours stay, however old', async () => {
    const root = await temporaryDirectory()
    await chown(root, uid, uid)
    await writeFile(join(root, '.transloadrc'), 'mine')
    await mkdir(join(root, '.transload-cache'))
    await writeFile(join(root, '.transload-cache', '1'), 'mine')
    for (const name of ['.transloadrc', '.transload-cache']) {
      await chown(join(root, name), uid, uid)
      await utimes(join(root, name), LONG_AGO, LONG_AGO)
    }
    const archive = await temporaryFile(dockerArchive(image()))
    const { status } = await startAs({ uid, gid: uid }, 'convert', archive, join(root, 'out.tar')).finished
    expect(status).toBe(0)
    expect((await readdir(root)).sort()).toEqual(['.transload-cache', '.transloadrc', 'out.tar'])
    expect(await readdir(join(root, '.transload-cache'))).toEqual(['1'])
  })
})
