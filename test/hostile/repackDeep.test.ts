import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { insert } from '../../src/commands/insert.js'
import { repack } from '../../src/commands/repack.js'
import { bundleOf, layoutOf } from '../fixtures/bundle.js'
import { temporaryDirectory } from '../fixtures/directory.js'

const NAME = 'd'.repeat(250)

/** Makes directories in each other whose path is longer than Linux names: one name at a time that is no matter. */
function makeDeepTree(directory: string): void {
  let at = openSync(directory, 'r')
  for (let depth = 0; depth < 20; depth++) {
    mkdirSync(`/proc/self/fd/${at}/${NAME}`)
    const within = openSync(`/proc/self/fd/${at}/${NAME}`, 'r')
    closeSync(at)
    at = within
  }
  closeSync(at)
}

async function withDeepTree(directory: string, work: () => Promise<void>): Promise<void> {
  makeDeepTree(directory)
  try {
    await work()
  } finally {
    execFileSync('rm', ['-rf', NAME], { cwd: directory })
  }
}

test('a path in a bundle that is longer than Linux names is refused, and the layout stays', async () => {
  const layout = await layoutOf([{ name: 'f' }])
  const { bundle, rootfs } = await bundleOf(layout)
  const before = readFileSync(join(layout, 'index.json'), 'utf8')
  await withDeepTree(rootfs, async () => {
    await expect(repack(`oci:${layout}`, bundle)).rejects.toMatchObject({ code: 'UNSAFE' })
  })
  expect(readFileSync(join(layout, 'index.json'), 'utf8')).toBe(before)
})

test('so is one in what is to be inserted', async () => {
  const layout = await layoutOf([{ name: 'f' }])
  const source = await temporaryDirectory()
  await withDeepTree(source, async () => {
    await expect(insert(`oci:${layout}:v1`, source, '/x')).rejects.toMatchObject({ code: 'UNSAFE' })
  })
})
