import { expect, test } from 'vitest'
import { isTable } from '../../src/archive/fileNames.js'

test.each([
  ['manifest.json', true],
  ['./manifest.json', true],
  ['/index.json', true],
  ['repositories', true],
  ['oci-layout', true],
  ['a/../manifest.json', true],
  ['a/manifest.json', false],
  ['../manifest.json', false],
  ['Manifest.json', false],
  ['layer.tar', false],
])('%s says what else there is: %s', (path, expected) => {
  expect(isTable(path)).toBe(expected)
})
