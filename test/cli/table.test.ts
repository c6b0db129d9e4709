import { expect, test } from 'vitest'
import { table } from '../../src/cli/table.js'

test('each column is as wide as its longest cell, and the last one is not padded', () => {
  const rows = [
    ['layer', 'size', 'made by'],
    ['0', '1.08 MB', 'COPY busybox /bin/busybox'],
    ['10', '9 B', 'x'],
  ]
  expect(table(rows)).toEqual([
    '  layer  size     made by',
    '  0      1.08 MB  COPY busybox /bin/busybox',
    '  10     9 B      x',
  ])
})

test('no line ends in spaces', () => {
  const rows = [
    ['a', 'long cell', ''],
    ['', '', ''],
    ['b', '', 'c'],
  ]
  expect(table(rows)).toEqual(['  a  long cell', '', '  b             c'])
})

test('rows may differ in length', () => {
  expect(table([['a'], ['b', 'c'], ['longer', 'd', 'e']])).toEqual(['  a', '  b       c', '  longer  d  e'])
})

test('of no rows there are no lines', () => {
  expect(table([])).toEqual([])
})

test('columns stay even where a cell is escaped', () => {
  expect(
    table([
      ['a\u200e', 'b'],
      ['abc', 'c\u{e0001}'],
    ]),
  ).toEqual(['  a\\u200e  b', '  abc      c\\u{e0001}'])
})
