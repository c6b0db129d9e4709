import { expect, test } from 'vitest'
import { exitStatus, Stopped } from '../../src/cli/exit.js'
import { ImageError } from '../../src/spec/errors.js'

test.each([
  [new ImageError('USAGE', 'x'), 2],
  [new ImageError('INTEGRITY', 'x'), 1],
  [new ImageError('SYSTEM', 'x'), 1],
  [new ImageError('INTERNAL', 'x'), 70],
  [new TypeError('x'), 70],
  [new Stopped('SIGINT'), 130],
  [new Stopped('SIGTERM'), 143],
])('%s ends with status %i', (error, status) => {
  expect(exitStatus(error)).toBe(status)
})
