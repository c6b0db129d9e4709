import { expect, test } from 'vitest'
import { during, ImageError } from '../../src/spec/errors.js'
import { failureLines } from '../../src/umoci/failure.js'

test('a wrong digest and a wrong size have the words that programs look for', () => {
  const digest = new ImageError('INTEGRITY', 'digest differs', { expected: 'sha256:aa', found: 'sha256:bb' })
  expect(failureLines(digest).line).toMatch(/^verified reader digest mismatch: digest differs: expected sha256:aa/)
  const size = new ImageError('INTEGRITY', 'size differs', { expected: 1, found: 2 })
  expect(failureLines(size).line).toMatch(/^verified reader size mismatch, .*: size differs: expected 1, found 2$/)
})

test.each(['EACCES', 'EPERM'])('after %s, --rootless is advised', (code) => {
  const wrapped = during('write it', during('open it', systemError(code)))
  expect(wrapped instanceof ImageError && failureLines(wrapped).advice).toEqual([
    'umoci encountered a permission error: maybe --rootless will help?',
  ])
})

test('a hint is advice, too', () => {
  const error = new ImageError('FORMAT', 'it is odd', { hint: 'look at it' })
  expect(failureLines(error)).toEqual({ advice: ['hint: look at it'], line: 'it is odd' })
})

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code, syscall: 'open', path: '/x' })
}
