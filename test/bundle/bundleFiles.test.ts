import { expect, test } from 'vitest'
import { mtreeFile, ROOTFS_DIRECTORY, RUNTIME_CONFIG_FILE, UMOCI_FILE } from '../../src/bundle/bundleFiles.js'

test('the files have the names that other tools look for', () => {
  expect([RUNTIME_CONFIG_FILE, ROOTFS_DIRECTORY, UMOCI_FILE]).toEqual(['config.json', 'rootfs', 'umoci.json'])
})

test('the list of what was unpacked is named after the manifest, without a colon', () => {
  expect(mtreeFile(`sha256:${'ab'.repeat(32)}`)).toBe(`sha256_${'ab'.repeat(32)}.mtree`)
})
