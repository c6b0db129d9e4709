import { expect, test } from 'vitest'
import { note } from '../../src/archive/notes.js'
import type { Warning } from '../../src/spec/warnings.js'

test('an archive with its end marker is no oddity, one without is', () => {
  expect(noted((notes) => note.ending({ marked: true, followed: false }, notes))).toEqual([])
  const unmarked = noted((notes) => note.ending({ marked: false, followed: false }, notes))
  expect(unmarked).toMatchObject([{ code: 'NO_END_MARKER', where: 'app.tar' }])
})

test('what follows the end of an archive is told', () => {
  const [warning] = noted((notes) => note.ending({ marked: true, followed: true }, notes))
  expect(warning).toMatchObject({ code: 'AFTER_END', where: 'app.tar' })
})

test('an entry outside is told by its path', () => {
  const entry = { path: '../x', type: 'file', size: 0 } as const
  const [warning] = noted((notes) => note.outside(entry, notes))
  expect(warning).toMatchObject({ code: 'ENTRY_OUTSIDE', where: '../x' })
})

function noted(work: (notes: Parameters<typeof note.ending>[1]) => void): Warning[] {
  const warnings: Warning[] = []
  work({ name: 'app.tar', warn: (warning) => void warnings.push(warning) })
  return warnings
}
