import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { temporaryPath } from '../../src/io/temporaryPath.js'

const before = process.env.TMPDIR

afterEach(() => {
  if (before === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = before
})

test('temporary files have a directory, and one that is missing is told', () => {
  expect(temporaryPath()).toBe(tmpdir())
  process.env.TMPDIR = join(tmpdir(), 'missing', 'directory')
  expect(temporaryPath).toThrow(/directory for temporary files does not exist/)
})
