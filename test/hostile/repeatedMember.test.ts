import { expect, test } from 'vitest'
import { Archive } from '../../src/archive/archive.js'
import { single } from '../../src/bytes/bytes.js'
import type { TarEntry } from '../../src/tar/entry.js'
import { Members } from '../../src/tar/members.js'
import { intake } from '../fixtures/intake.js'

test('a file that is there twice is read once each, however often it is named', async () => {
  const reads: string[] = []
  const members = new Members<TarEntry>()
  for (const path of ['./layer.tar', 'layer.tar']) members.add({ path, type: 'file', size: 4 })
  const open = ({ path }: TarEntry) => {
    reads.push(path)
    return single(Buffer.from('same'))
  }
  const archive = new Archive('app.tar', { members, open }, intake().context)
  for (let count = 0; count < 1000; count++) await archive.find(`${'./'.repeat(count)}layer.tar`)
  expect(reads.sort()).toEqual(['./layer.tar', 'layer.tar'])
})
