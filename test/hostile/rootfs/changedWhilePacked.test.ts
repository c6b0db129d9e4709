import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Calls, Name } from '../../../src/rootfs/calls.js'
import { PackWork } from '../../../src/rootfs/packWork.js'
import { canary } from '../../fixtures/canary.js'
import { temporaryDirectory } from '../../fixtures/directory.js'
import { BACKENDS } from '../../fixtures/rootfs.js'

const SAME_OWNERS = { users: [], groups: [], isRootless: false }

/** The same calls, but something happens just after a name was looked at for the second time: it is about to be packed. */
function meddling(calls: Calls, victim: Name, meddle: () => void): Calls {
  let looks = 0
  const look: Calls['look'] = (at, name) => {
    const found = calls.look(at, name)
    if (name === victim && ++looks === 2) meddle()
    return found
  }
  // Nothing but the calls keeps paths within the root.
  return { ...calls, look, confineTo: () => false }
}

/** The whole layer of a tree in which somebody meddles, as text. */
function packed(calls: Calls, root: string): string {
  const job = { kind: 'insertion', name: '.', target: '', isOpaque: false } as const
  const work = new PackWork({ root, koffi: undefined, owners: SAME_OWNERS, latest: undefined, job }, calls)
  try {
    for (const _ of work.look());
    const block = new Uint8Array(64 * 1024)
    let text = ''
    for (;;) {
      const { length, end } = work.fill(block)
      text += Buffer.from(block.subarray(0, length)).toString('latin1')
      if (end !== undefined) return text
    }
  } finally {
    work.close()
  }
}

async function tree(): Promise<string> {
  const root = join(await temporaryDirectory(), 'rootfs')
  mkdirSync(join(root, 'd'), { recursive: true })
  writeFileSync(join(root, 'd/file'), 'ours')
  return root
}

describe.each(Object.entries(BACKENDS))('through %s', (_, backend) => {
  test('a file that becomes a link to the host is not read', async () => {
    const { path: home, assertUntouched } = await canary()
    const root = await tree()
    const calls = meddling(await backend(), 'file', () => {
      rmSync(join(root, 'd/file'))
      symlinkSync(join(home, 'diary.txt'), join(root, 'd/file'))
    })
    expect(() => packed(calls, root)).toThrow(expect.objectContaining({ code: 'UNSAFE' }))
    assertUntouched()
  })

  test('a directory that becomes a link to the host is not entered', async () => {
    const { path: home, assertUntouched } = await canary()
    const root = await tree()
    writeFileSync(join(root, 'd/index.json'), 'ours')
    let text = ''
    const calls = meddling(await backend(), 'd', () => {
      renameSync(join(root, 'd'), join(root, 'e'))
      symlinkSync(home, join(root, 'd'))
    })
    try {
      text = packed(calls, root)
    } catch (error) {
      expect(error).toMatchObject({ name: 'ImageError' })
    }
    expect(text).not.toContain('mine')
    assertUntouched()
  })

  test('a file that becomes a pipe does not keep anybody waiting', async () => {
    const root = await tree()
    const calls = meddling(await backend(), 'file', () => {
      rmSync(join(root, 'd/file'))
      execFileSync('mkfifo', [join(root, 'd/file')])
    })
    expect(() => packed(calls, root)).toThrow(expect.objectContaining({ code: 'UNSAFE' }))
  })

  test('a file that is gone is told by its path', async () => {
    const root = await tree()
    const calls = meddling(await backend(), 'd', () => rmSync(join(root, 'd/file')))
    expect(() => packed(calls, root)).toThrow(expect.objectContaining({ code: 'NOT_FOUND', where: 'd/file' }))
  })

  test('a file that grows is packed as long as it was when it was opened', async () => {
    const root = await tree()
    const inner = await backend()
    const calls: Calls = {
      ...inner,
      confineTo: () => false,
      lookAt: (file) => {
        const found = inner.lookAt(file)
        if (found.kind === 'file') appendFileSync(join(root, 'd/file'), 'more')
        return found
      },
    }
    const text = packed(calls, root)
    expect(text).toContain('ours')
    expect(text).not.toContain('oursmore')
    expect(lstatSync(join(root, 'd/file')).size).toBeGreaterThan(4)
  })

  test('a file that shrinks is refused', async () => {
    const root = await tree()
    const inner = await backend()
    const calls: Calls = {
      ...inner,
      confineTo: () => false,
      lookAt: (file) => {
        const found = inner.lookAt(file)
        if (found.kind === 'file') truncateSync(join(root, 'd/file'), 1)
        return found
      },
    }
    expect(() => packed(calls, root)).toThrow(expect.objectContaining({ code: 'INTEGRITY' }))
  })
})
