import { open } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { fileContents } from '../../src/archive/fileDoor.js'
import type { Warning } from '../../src/spec/warnings.js'
import { collect, content } from '../fixtures/bytes.js'
import { temporaryFile } from '../fixtures/directory.js'
import { tar } from '../fixtures/tar.js'

test('entries are found and read in any order, as often as wanted', async () => {
  const archive = tar([
    { name: 'a', content: content(100_000) },
    { name: 'b', content: 'text' },
  ])
  const { paths, texts, warnings } = await read(archive, ['b', 'a', 'b'])
  expect(paths).toEqual(['a', 'b'])
  expect(texts).toEqual(['text', content(100_000).toString(), 'text'])
  expect(warnings).toEqual([])
})

test('an entry that leads out of the archive is left out with a warning', async () => {
  const { paths, warnings } = await read(tar([{ name: '../a', content: 'x' }, { name: 'b' }]), [])
  expect(paths).toEqual(['b'])
  expect(warnings).toMatchObject([{ code: 'ENTRY_OUTSIDE', where: '../a' }])
})

test('an archive without end marker is taken with a warning', async () => {
  const { warnings } = await read(tar([{ name: 'a' }], { end: Buffer.alloc(0) }), [])
  expect(warnings).toMatchObject([{ code: 'NO_END_MARKER', where: 'app.tar' }])
})

async function read(archive: Buffer, wanted: string[]) {
  const warnings: Warning[] = []
  const file = await open(await temporaryFile(archive))
  try {
    const notes = { name: 'app.tar', warn: (warning: Warning) => void warnings.push(warning) }
    const { members, open: openMember } = await fileContents(file, notes)
    const texts: string[] = []
    for (const path of wanted) {
      for (const member of members.find(path)) texts.push((await collect(openMember(member))).toString())
    }
    return { paths: [...members.paths()], texts, warnings }
  } finally {
    await file.close()
  }
}
