import { open } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { fileContents } from '../../src/archive/fileDoor.js'
import { contextOf } from '../../src/bytes/context.js'
import { collect, content } from '../fixtures/bytes.js'
import { temporaryFile } from '../fixtures/directory.js'
import { tar } from '../fixtures/tar.js'

test('entries are found and read in any order, as often as wanted', async () => {
  const archive = tar([
    { name: 'a', content: content(100_000) },
    { name: 'b', content: 'text' },
  ])
  const { paths, texts, outside } = await read(archive, ['b', 'a', 'b'])
  expect(paths).toEqual(['a', 'b'])
  expect(texts).toEqual(['text', content(100_000).toString(), 'text'])
  expect(outside).toEqual([])
})

test('an entry that leads out of the archive is left out, and that is known', async () => {
  const { paths, outside } = await read(tar([{ name: '../a', content: 'x' }, { name: 'b' }]), [])
  expect(paths).toEqual(['b'])
  expect(outside).toEqual(['../a'])
})

test('an archive without end marker is taken, and that is known', async () => {
  const { ending } = await read(tar([{ name: 'a' }], { end: Buffer.alloc(0) }), [])
  expect(ending).toEqual({ marked: false, followed: false })
})

async function read(archive: Buffer, wanted: string[]) {
  const file = await open(await temporaryFile(archive))
  try {
    const { members, open: openMember, ending, outside } = await fileContents(file, contextOf({}))
    const texts: string[] = []
    for (const path of wanted) {
      for (const member of members.find(path)) texts.push((await collect(openMember(member))).toString())
    }
    return { paths: [...members.paths()], texts, ending, outside }
  } finally {
    await file.close()
  }
}
