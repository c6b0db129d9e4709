import { expect, test } from 'vitest'
import { formWarnings, type Notes } from '../../src/archive/formWarnings.js'
import type { Warning } from '../../src/spec/warnings.js'

test('an archive with its end marker is no oddity, one without is', () => {
  expect(noted((notes) => formWarnings.contents({ ending: { marked: true, followed: false } }, notes))).toEqual([])
  const unmarked = noted((notes) => formWarnings.contents({ ending: { marked: false, followed: false } }, notes))
  expect(unmarked).toMatchObject([{ code: 'NO_END_MARKER', where: 'app.tar' }])
})

test('what follows the end of an archive is told', () => {
  const [warning] = noted((notes) => formWarnings.contents({ ending: { marked: true, followed: true } }, notes))
  expect(warning).toMatchObject({ code: 'AFTER_END', where: 'app.tar' })
})

test('an entry outside is told by its path', () => {
  const [warning] = noted((notes) => formWarnings.contents({ outside: ['../x'] }, notes))
  expect(warning).toMatchObject({ code: 'ENTRY_OUTSIDE', where: '../x' })
})

test('zeros after compressed data are told, and junk too once the archive has ended', () => {
  const marked = { marked: true, followed: false }
  expect(noted((notes) => formWarnings.rest('zeros', marked, notes))).toMatchObject([{ code: 'GZIP_PADDING' }])
  expect(noted((notes) => formWarnings.rest('junk', marked, notes))).toMatchObject([{ code: 'AFTER_END' }])
})

test('junk after compressed data is refused where the archive did not end', () => {
  expect(() => noted((notes) => formWarnings.rest('junk', { marked: false, followed: false }, notes))).toThrow(
    expect.objectContaining({ code: 'FORMAT', where: 'app.tar' }),
  )
})

function noted(work: (notes: Notes) => void): Warning[] {
  const warnings: Warning[] = []
  work({ name: 'app.tar', warn: (warning) => void warnings.push(warning) })
  return warnings
}
