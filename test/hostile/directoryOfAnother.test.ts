import { spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmod, chown, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { thisProcess } from '../../src/store/layout/process.js'
import { canary } from '../fixtures/canary.js'
import { transload } from '../fixtures/cli.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive, image } from '../fixtures/image.js'
import { withLinksFollowed } from '../fixtures/system.js'

const NOBODY = 65_534
const isRoot = process.getuid?.() === 0

test.runIf(isRoot)('root clears nothing that another user planted, although its owner is gone', async () => {
  const { root, planted } = await shared()
  await writeFile(join(planted, '1'), 'theirs')
  const archive = await temporaryFile(dockerArchive(image()))
  expect(await transload('convert', archive, join(root, 'out.tar'))).toMatchObject({ status: 0, stderr: '' })
  expect((await readdir(planted)).sort()).toEqual(['1', 'owner'])
})

test.runIf(isRoot)(
  'root deletes nothing behind a link that is exchanged with a directory while it clears',
  async () => {
    const { path, assertUntouched } = await canary()
    const archive = await temporaryFile(dockerArchive(image({ files: ['one'] })))
    const { root, planted } = await shared()
    await symlink(path, join(root, 'link'))
    spawnSync('chown', ['-h', `${NOBODY}`, join(root, 'link')])
    const program = `process.setgid(${NOBODY}); process.setuid(${NOBODY})
    const { renameSync } = require('node:fs')
    const [planted, link] = ${JSON.stringify([planted, join(root, 'link')])}
    for (;;) {
      renameSync(planted, planted + '.away'); renameSync(link, planted)
      renameSync(planted, link); renameSync(planted + '.away', planted)
    }`
    const exchanging = spawn(process.execPath, ['-e', program], { stdio: 'ignore' })
    try {
      await withLinksFollowed(async () => {
        for (let run = 0; run < 5; run++) await transload('convert', archive, join(root, 'out.tar'), '--force')
      })
    } finally {
      exchanging.kill('SIGKILL')
    }
    expect(exchanging.exitCode).toBeNull()
    assertUntouched()
  },
)

/** A directory that all may write, in which another user has planted one that looks like ours, of a process that is gone. */
async function shared() {
  const root = await temporaryDirectory()
  await chmod(root, 0o1777)
  const planted = join(root, `.transload-${randomUUID()}`)
  await mkdir(planted)
  const pid = spawnSync(process.execPath, ['--version']).pid
  await writeFile(join(planted, 'owner'), JSON.stringify({ ...thisProcess(), pid }))
  for (const path of [join(planted, 'owner'), planted]) await chown(path, NOBODY, NOBODY)
  return { root, planted }
}
