import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { digestOf } from '../../src/spec/digest.js'
import { startAs, USERS } from '../fixtures/cli.js'
import { temporaryDirectory, temporaryFile } from '../fixtures/directory.js'
import { dockerArchive } from '../fixtures/image.js'
import { converted } from '../fixtures/layout.js'
import { tar } from '../fixtures/tar.js'

/** An image with a shell, whose command says what it sees. */
async function shellImage(): Promise<Buffer> {
  const layer = tar([
    { name: 'bin/busybox', content: await readFile('/bin/busybox'), mode: 0o755 },
    { name: 'bin/sh', type: '2', linkTarget: 'busybox' },
    { name: 'etc/greeting', content: 'hello from within' },
  ])
  const config = {
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: { Cmd: ['/bin/sh', '-c', '/bin/busybox cat /etc/greeting; /bin/busybox id -u'], WorkingDir: '/etc' },
    rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
  }
  return dockerArchive({ tags: ['app:v1'], layers: [layer], config: Buffer.from(JSON.stringify(config)) })
}

/** Old runtimes refuse the release of the specification that umoci writes, and none has a terminal here. */
const TEMPLATE = {
  ociVersion: '1.0.2',
  process: { terminal: false, user: { uid: 0, gid: 0 }, args: ['sh'], env: ['PATH=/bin'], cwd: '/' },
  root: { path: 'rootfs' },
  mounts: [{ destination: '/proc', type: 'proc', source: 'proc' }],
  linux: { namespaces: [{ type: 'pid' }, { type: 'mount' }, { type: 'ipc' }, { type: 'uts' }] },
}

/** crun refuses a machine with both kinds of cgroups. */
const IS_HYBRID = existsSync('/sys/fs/cgroup/unified')

/** A user without root who can read the program. */
const OTHER = USERS.find(({ uid }) => uid !== 0)?.uid

const RUNTIMES = (IS_HYBRID ? ['runc'] : ['runc', 'crun']).filter((name) => spawnSync(name, ['--version']).status === 0)

describe.skipIf(process.getuid?.() !== 0 || RUNTIMES.length === 0)('a bundle', () => {
  test.each(RUNTIMES.flatMap((runtime) => ['archive', 'layout'].map((form) => ({ runtime, form }))))(
    'of an $form is run by $runtime',
    async ({ runtime, form }) => {
      const root = await temporaryDirectory()
      const archive = await shellImage()
      const image =
        form === 'archive' ? `${await temporaryFile(archive)}:app:v1` : `${(await converted(archive)).path}:v1`
      const template = join(root, 'template.json')
      await writeFile(template, JSON.stringify(TEMPLATE))
      const bundle = join(root, 'bundle')
      const made = startAs({}, 'unpack', '-q', '--image', image, '--runtime-template', template, bundle)
      expect(await made.finished).toMatchObject({ status: 0, stderr: '' })
      const { stdout, stderr } = spawnSync(
        runtime,
        ['--root', join(root, 'state'), 'run', '-b', bundle, `t${process.pid}`],
        {
          encoding: 'utf8',
        },
      )
      expect({ stdout, stderr }).toEqual({ stdout: 'hello from within0\n', stderr: '' })
    },
  )

  test.skipIf(OTHER === undefined)('is made by a user without root, whose files all are', async () => {
    const root = await temporaryDirectory()
    await chmod(root, 0o755)
    const archive = await temporaryFile(await shellImage(), 'open/app.tar')
    await chmod(join(archive, '..'), 0o755)
    await chmod(join(archive, '../..'), 0o755)
    const home = join(root, 'home')
    await mkdir(home)
    await chown(home, OTHER ?? 0, OTHER ?? 0)
    const options = { uid: OTHER ?? 0, gid: OTHER ?? 0, cwd: home, env: { ...process.env, HOME: home } }
    const refused = await startAs(options, 'unpack', '--image', archive, 'refused').finished
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('--rootless') })
    const { status, stderr } = await startAs(options, 'unpack', '--rootless', '--image', archive, 'bundle').finished
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const { linux } = JSON.parse(await readFile(join(home, 'bundle/config.json'), 'utf8'))
    expect(linux.uidMappings).toEqual([{ containerID: 0, hostID: OTHER, size: 1 }])
  })
})
