import { expect, test } from 'vitest'
import { listWarnings, WarningLines } from '../../src/cli/warningLines.js'
import type { Warning } from '../../src/spec/warnings.js'

const flood = (count: number): Warning[] =>
  Array.from({ length: count }, (_, at) => ({ code: 'HISTORY', message: 'it is odd', where: `image ${at}\u200e` }))

test('twenty warnings of a code are printed as they come, and in the end how many more there were', () => {
  const lines: string[] = []
  const warnings = new WarningLines({ line: (text) => lines.push(text) })
  for (const warning of flood(1000)) warnings.add(warning)
  expect(lines).toHaveLength(20)
  expect(lines[19]).toBe('warning: image 19\\u200e: it is odd')
  warnings.close()
  expect(lines.slice(20)).toEqual(['warning: HISTORY: 980 more of this kind'])
})

test('a listing shows twenty of a code, and counts what the list itself left out', () => {
  const more: Warning = { code: 'HISTORY', message: '100 more of this kind', where: 'x', more: 100 }
  const lines = listWarnings([...flood(25), { code: 'V1_ID', message: 'it is odd', where: 'id' }, more])
  expect(lines).toHaveLength(22)
  expect(lines.slice(-2)).toEqual(['  V1_ID  id: it is odd', '  HISTORY  105 more of this kind'])
})
