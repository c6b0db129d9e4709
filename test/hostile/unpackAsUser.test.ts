import { execFileSync } from 'node:child_process'
import { chownSync, lstatSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { canaryOf } from '../fixtures/canary.js'
import { startAs, USERS } from '../fixtures/cli.js'
import { temporaryDirectory } from '../fixtures/directory.js'
import { dockerArchive, imageWith } from '../fixtures/image.js'
import { treeOf } from '../fixtures/rootfs.js'
import { type EntrySpec, pax } from '../fixtures/tar.js'

const link = (name: string, linkTarget: string): EntrySpec => ({ name, type: '2', linkTarget })

/** Layers that try to reach a tree which belongs to the very user. */
const attacksOn = (home: string): EntrySpec[][] => [
  [
    link('a', home),
    link('up', '../../../../../../..'),
    { name: 'd/', type: '5', mode: 0 },
    { name: 'd/f', content: '1', mode: 0 },
    { name: 'e/old', content: '1' },
    link('magic', '/proc/self/root'),
  ],
  [
    { name: 'a/diary.txt', content: 'pwn' },
    { name: `up${home}/1`, content: 'pwn' },
    { name: `magic${home}/archive`, content: 'pwn' },
    { name: 'a/.wh.link' },
    { name: 'a/.wh..wh..opq' },
    { name: 'a/', type: '5', mode: 0o777 },
    { name: 'd/g', content: '2' },
    { name: '.wh.e' },
    pax({ uid: '7', gid: '8' }),
    { name: 'of others', content: '3', mode: 0o4755 },
    { name: 'fifo', type: '6' },
    { name: 'disk', type: '4', mode: 0o666, bytes: { 329: '0000010\0' } },
  ],
]

describe.each(USERS)('as $name', ({ uid }) => {
  describe.each(['on', 'off'])('with koffi %s', (koffi) => {
    const unpack = async (layers: EntrySpec[][], ...options: string[]) => {
      const parent = await temporaryDirectory()
      writeFileSync(join(parent, 'image.tar'), dockerArchive(imageWith(layers)))
      if (process.getuid?.() === 0) chownSync(parent, uid, uid)
      const env = { ...process.env, TRANSLOAD_KOFFI: koffi }
      const user = process.getuid?.() === uid ? {} : { uid, gid: uid }
      const words = ['unpack', ...options, '--image', join(parent, 'image.tar'), join(parent, 'b')]
      const child = startAs({ env, cwd: '/', ...user }, ...words)
      child.stdin?.end()
      return { ...(await child.finished), root: join(parent, 'b', 'rootfs'), parent }
    }

    test('nothing of what the user may write is reached', async () => {
      const home = await canaryOf(uid)
      const { status, stderr, root } = await unpack(attacksOn(home.path), '--rootless')
      home.assertUntouched()
      expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.not.stringContaining('bug') })
      expect(lstatSync(join(root, 'd'))).toMatchObject({ mode: 0o040_000, uid })
      expect(lstatSync(join(root, 'of others'))).toMatchObject({ mode: 0o104_755, uid })
      expect(lstatSync(join(root, 'disk')).isBlockDevice()).toBe(false)
      execFileSync('chmod', ['-R', 'u+rwX', root])
      expect(treeOf(root)).toMatchObject({ 'a/': '', 'd/f': '1', 'd/g': '2', [`${home.path.slice(1)}/1`]: 'pwn' })
    })

    test('what fails leaves nothing behind, however closed its directories are', async () => {
      const home = await canaryOf(uid)
      const [lower = [], upper = []] = attacksOn(home.path)
      const { status, parent } = await unpack([lower, [...upper, { name: 'x/.wh.' }]], '--rootless')
      home.assertUntouched()
      expect(status).toBe(1)
      expect(readdirSync(parent)).toEqual(['image.tar'])
    })

    test.skipIf(uid === 0)('owners of others are refused with a hint without --rootless', async () => {
      const { status, stderr, parent } = await unpack([[pax({ uid: '7' }), { name: 'f' }]])
      expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining('--rootless') })
      expect(readdirSync(parent)).toEqual(['image.tar'])
    })
  })
})
