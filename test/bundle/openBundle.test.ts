import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openBundle } from '../../src/bundle/openBundle.js'
import { bundleOf, layoutOf } from '../fixtures/bundle.js'
import { temporaryDirectory } from '../fixtures/directory.js'

async function someBundle(): Promise<string> {
  return (await bundleOf(await layoutOf([{ name: 'f' }]))).bundle
}

test('a bundle says what it was unpacked from, and where the list of its files is', async () => {
  using opened = openBundle(await someBundle())
  expect(opened.mtree).toBe(`${opened.origin.walk[0]?.digest.replace(':', '_')}.mtree`)
  expect(opened.owners).toEqual({ users: [], groups: [], isRootless: false })
})

test.each<[string, string, (bundle: string) => void]>([
  ['without a record', 'NOT_FOUND', (bundle) => rmSync(join(bundle, 'umoci.json'))],
  ['without a root file system', 'NOT_FOUND', (bundle) => rmSync(join(bundle, 'rootfs'), { recursive: true })],
  ['whose record is damaged', 'FORMAT', (bundle) => writeFileSync(join(bundle, 'umoci.json'), '{}')],
  [
    'whose record is a link',
    'UNSAFE',
    (bundle) => {
      rmSync(join(bundle, 'umoci.json'))
      symlinkSync('config.json', join(bundle, 'umoci.json'))
    },
  ],
])('a directory %s is no bundle', async (_, code, spoil) => {
  const bundle = await someBundle()
  spoil(bundle)
  expect(() => openBundle(bundle)).toThrow(expect.objectContaining({ code }))
})

test('a directory that is not there, or is empty, is none', async () => {
  const path = await temporaryDirectory()
  expect(() => openBundle(join(path, 'none'))).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
  mkdirSync(join(path, 'empty'))
  expect(() => openBundle(join(path, 'empty'))).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
})
