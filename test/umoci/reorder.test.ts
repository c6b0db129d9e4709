import { expect, test } from 'vitest'
import type { Flag } from '../../src/umoci/flags.js'
import { reorder } from '../../src/umoci/reorder.js'

const KNOWN: Flag[] = [
  { names: ['image', 'i'], kind: 'text', usage: '' },
  { names: ['rootless'], kind: 'switch', usage: '' },
]

test.each([
  ['flags come in front, with their values', 'bundle --image a:b', '--image a:b bundle'],
  ['a value behind = takes nothing along', 'x --image=a:b y -i=c', '--image=a:b -i=c x y'],
  ['an argument behind a switch goes with it', 'x --rootless bundle --image a', '--rootless bundle --image a x'],
  ['one flag behind another is no value', '--image --rootless a b', '--image --rootless a b'],
  ['unknown flags stay with the arguments', 'a --bogus --image b', '--image b a --bogus'],
  ['what is behind -- stays there', 'a --rootless=1 -- --image b', '--rootless=1 -- a --image b'],
  ['-- behind a flag may be its value', 'a --image -- b', '--image -- a b'],
  ['a dash alone is an argument', '- --rootless', '--rootless -'],
])('%s', (_, given, expected) => {
  expect(reorder(given.split(' '), KNOWN).join(' ')).toBe(expected)
})
