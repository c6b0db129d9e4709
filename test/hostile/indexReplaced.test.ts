import { existsSync } from 'node:fs'
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { single } from '../../src/bytes/bytes.js'
import { listTags } from '../../src/commands/listTags.js'
import { digestOf } from '../../src/spec/digest.js'
import { IndexFile } from '../../src/store/layout/indexFile.js'
import { type LayoutSink, openLayoutSink } from '../../src/store/layout/layoutSink.js'
import { filesBelow } from '../fixtures/directory.js'
import { freshLayout, indexText } from '../fixtures/editing.js'

const BLOB = Buffer.from('blob')

/** Replaces the index as other tools do, which take no lock. */
async function replaceIndex(path: string, text: string): Promise<void> {
  await writeFile(join(path, 'other'), text)
  await rename(join(path, 'other'), join(path, 'index.json'))
}

/** Renames the tag v1 and puts a blob, while `meanwhile` happens. */
async function renaming(sink: LayoutSink, meanwhile: (tries: number) => Promise<void>): Promise<number> {
  let tries = 0
  await sink.edit(async (current) => {
    await sink.put(single(BLOB))
    await meanwhile(++tries)
    const index = new IndexFile(Buffer.from(current?.toString().replace('"v1"', '"v9"') ?? ''), 'index.json')
    return { index: index.with(index.entries), blobs: [digestOf(BLOB)] }
  })
  return tries
}

test('an index that another tool replaces during a change is changed, and not the one before', async () => {
  const path = await freshLayout()
  await using sink = await openLayoutSink(path)
  const tries = await renaming(sink, async (at) => {
    if (at === 1) await replaceIndex(path, indexText(path).replace('"annotations":{', '"annotations":{"mine":"kept",'))
  })
  expect(tries).toBe(2)
  expect(await listTags(path)).toEqual(['v9'])
  expect(indexText(path)).toContain('"mine":"kept"')
  expect(await readFile(join(path, 'blobs', digestOf(BLOB).replace(':', '/')))).toEqual(BLOB)
})

test('one that is always replaced is an error, and the change leaves nothing behind', async () => {
  const path = await freshLayout()
  const before = Object.keys(await filesBelow(path))
  let last = ''
  {
    await using sink = await openLayoutSink(path)
    const changing = renaming(sink, async (at) => {
      last = `${indexText(path).trimEnd()}${' '.repeat(at)}\n`
      await replaceIndex(path, last)
    })
    await expect(changing).rejects.toMatchObject({ code: 'SYSTEM' })
  }
  expect(indexText(path)).toBe(last)
  expect(Object.keys(await filesBelow(path))).toEqual(before)
})

test('one that turns into a directory, or goes, is not made anew from what was read', async () => {
  const path = await freshLayout()
  await using sink = await openLayoutSink(path)
  const changing = renaming(sink, () => rm(join(path, 'index.json'), { force: true }))
  await expect(changing).rejects.toMatchObject({ code: 'FORMAT' })
  expect(existsSync(join(path, 'index.json'))).toBe(false)
  expect((await readdir(path)).filter((name) => name.endsWith('.lock'))).toEqual([])
})
