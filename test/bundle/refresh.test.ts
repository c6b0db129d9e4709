import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { refreshBundle } from '../../src/bundle/refresh.js'
import { HeldDirectory } from '../../src/io/heldDirectory.js'
import { writeTexts } from '../../src/threads/writeFully.js'
import { temporaryDirectory } from '../fixtures/directory.js'

const ORIGIN = { walk: [], uidMappings: [], gidMappings: [], rootless: false }

async function oldBundle(): Promise<string> {
  const path = await temporaryDirectory()
  writeFileSync(join(path, 'umoci.json'), 'old record')
  writeFileSync(join(path, 'old.mtree'), 'old list')
  return path
}

test('a bundle gets its new list and record, and loses the old list', async () => {
  const path = await oldBundle()
  using bundle = HeldDirectory.open(path)
  const describe = async (file: number) => writeTexts(file, ['new ', 'list'])
  await refreshBundle(bundle, { origin: ORIGIN, mtrees: ['old.mtree', 'new.mtree'], lookedAt: 5000, describe })
  expect(readdirSync(path).sort()).toEqual(['new.mtree', 'umoci.json'])
  expect(readFileSync(join(path, 'new.mtree'), 'utf8')).toBe('new list')
  expect(JSON.parse(readFileSync(join(path, 'umoci.json'), 'utf8'))).toMatchObject({ umoci_version: '2' })
  // Not later than the look, so that what changed since is read again.
  expect(lstatSync(join(path, 'new.mtree')).mtimeMs).toBeLessThan(5000)
})

test('a bundle stays what it was if its list cannot be written', async () => {
  const path = await oldBundle()
  using bundle = HeldDirectory.open(path)
  const failing = async (file: number) => {
    writeTexts(file, ['half'])
    throw new RangeError('no more')
  }
  const refreshed = { origin: ORIGIN, mtrees: ['old.mtree', 'new.mtree'] as const, lookedAt: 0, describe: failing }
  await expect(refreshBundle(bundle, refreshed)).rejects.toThrow('no more')
  expect(readdirSync(path).sort()).toEqual(['old.mtree', 'umoci.json'])
  expect(readFileSync(join(path, 'umoci.json'), 'utf8')).toBe('old record')
})
