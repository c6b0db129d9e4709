import { expect, test } from 'vitest'
import { nearest } from '../../src/cli/nearest.js'

const NAMES = ['image', 'platform', 'layers', 'level', 'json', 'strip-attestations']

test.each([
  ['layer', 'layers'],
  ['lvel', 'level'],
  ['JSON', 'json'],
  ['jsn', 'json'],
  ['strip', 'strip-attestations'],
  ['plattform', 'platform'],
  ['stripAttestations', 'strip-attestations'],
  ['x', undefined],
  ['recursive', undefined],
  ['', undefined],
])('%s is taken for %s', (word, name) => {
  expect(nearest(word, NAMES)).toBe(name)
})
