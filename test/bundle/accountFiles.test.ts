import { expect, test } from 'vitest'
import { accountLines, idOf, LAST_ID } from '../../src/bundle/accountFiles.js'

test.each([
  ['0', 0],
  ['1000', 1000],
  [`${LAST_ID}`, LAST_ID],
  [`${LAST_ID + 1}`, undefined],
  ['-1', undefined],
  ['+1', undefined],
  ['1.0', undefined],
  ['0x10', undefined],
  [' 1', undefined],
  ['', undefined],
  [undefined, undefined],
])('digits up to the last ID are an ID, and nothing else is: %j', (text, id) => {
  expect(idOf(text)).toBe(id)
})

test('lines are split into fields; empty ones and comments are left out', () => {
  const file = Buffer.from('root:x:0:0::/root:/bin/sh\n\n# a comment\n  \t\n daemon:x:1\r\nlast::2')
  expect([...accountLines(file)]).toEqual([
    ['root', 'x', '0', '0', '', '/root', '/bin/sh'],
    ['daemon', 'x', '1'],
    ['last', '', '2'],
  ])
  expect([...accountLines(Buffer.alloc(0))]).toEqual([])
})

test('each byte is one character, so that names which are no UTF-8 stay different', () => {
  const lines = [...accountLines(Buffer.from([0xe4, 0x3a, 0x31, 0x0a, 0xf6, 0x3a, 0x31]))]
  expect(lines).toEqual([
    ['\u00e4', '1'],
    ['\u00f6', '1'],
  ])
})
