import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { repack } from '../../src/commands/repack.js'
import { bundleOf, layoutOf, unpackedRootfs } from '../fixtures/bundle.js'

/** Few names, so that changes meet. */
const path = fc
  .array(fc.constantFrom('a', 'b', 'a-b', 'é'), { minLength: 1, maxLength: 3 })
  .map((names) => names.join('/'))

/** A change of a tree; what does not fit the tree is no change. */
const change = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), path, content: fc.constantFrom('', '1', '22') }),
  fc.record({ kind: fc.constant('directory' as const), path }),
  fc.record({ kind: fc.constant('link' as const), path, target: fc.constantFrom('a', '/b', '../x') }),
  fc.record({ kind: fc.constant('hard link' as const), path, from: path }),
  fc.record({ kind: fc.constant('move' as const), path, from: path }),
  fc.record({ kind: fc.constant('remove' as const), path }),
  fc.record({ kind: fc.constant('mode' as const), path, mode: fc.constantFrom(0o600, 0o755, 0o4711) }),
  fc.record({ kind: fc.constant('attribute' as const), path, value: fc.constantFrom('x', 'y') }),
)
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

function apply(root: string, one: Change): void {
  const at = join(root, one.path)
  try {
    if (one.kind === 'write') writeFileSync(at, one.content)
    else if (one.kind === 'directory') mkdirSync(at, { recursive: true })
    else if (one.kind === 'link') symlinkSync(one.target, at)
    else if (one.kind === 'hard link') linkSync(join(root, one.from), at)
    else if (one.kind === 'move') renameSync(join(root, one.from), at)
    else if (one.kind === 'remove') rmSync(at, { recursive: true, force: true })
    else if (lstatSync(at).isSymbolicLink()) return
    else if (one.kind === 'mode') chmodSync(at, one.mode)
    else execFileSync('setfattr', ['-n', 'user.x', '-v', one.value, at], { stdio: 'ignore' })
  } catch (error) {
    if (!(error instanceof Error && ('code' in error || 'status' in error))) throw error
  }
}

/** All that a layer can hold of a tree, with the links between its files. */
function describeTree(root: string): string[] {
  const first = new Map<number, string>()
  const paths = ['', ...readdirSync(root, { recursive: true, encoding: 'utf8' })].sort()
  return paths.map((name) => {
    const at = join(root, name)
    const found = lstatSync(at)
    const { ino, mode, uid, gid, mtimeMs } = found
    const same = first.get(ino) ?? name
    first.set(ino, same)
    const what = found.isSymbolicLink() ? readlinkSync(at) : found.isFile() ? readFileSync(at, 'latin1') : ''
    const attributes = found.isSymbolicLink()
      ? ''
      : execFileSync('getfattr', ['--absolute-names', '-d', at], { encoding: 'latin1' })
          .replace(/^# .*$/m, '')
          .trim()
    return [name, mode.toString(8), uid, gid, Math.floor(mtimeMs / 1000), same, what, attributes].join(' | ')
  })
}

test('an image of a repacked tree is unpacked to that tree, also after a second change', async () => {
  const changes = fc.array(change, { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(changes, changes, changes, async (before, first, second) => {
      const layout = await layoutOf([{ name: 'kept', content: 'kept' }])
      const { bundle, rootfs } = await bundleOf(layout)
      for (const [at, all] of [before, first, second].entries()) {
        for (const one of all) apply(rootfs, one)
        const tag = `n${at}`
        await repack(`oci:${layout}:${tag}`, bundle, { refreshBundle: true, compress: 'none' })
        expect(describeTree(await unpackedRootfs(layout, tag))).toEqual(describeTree(rootfs))
      }
      expect(await repack(`oci:${layout}:n3`, bundle)).toMatchObject({ layer: null })
    }),
    { numRuns: 5 },
  )
}, 300_000)
