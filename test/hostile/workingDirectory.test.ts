import { expect, test } from 'vitest'
import { runtimeOf } from '../fixtures/runtime.js'

/** A runtime that starts in one of its own open files would start outside of the container. */
test.each([
  '/proc/self/fd/7',
  '/proc/self',
  '//proc//self/cwd',
  '/proc/./self/root',
  '/tmp/../proc/self/fd/8/..',
  'proc/self/fd/7',
  '/proc/thread-self/fd/7',
  '/proc/1/cwd',
  '/dev/fd/7',
  '/dev/../dev/fd',
])('the working directory %s is refused', (WorkingDir) => {
  expect(() => runtimeOf({ WorkingDir })).toThrow(expect.objectContaining({ code: 'UNSAFE' }))
})

test('one with NUL in it is refused', () => {
  expect(() => runtimeOf({ WorkingDir: '/a\0b' })).toThrow(expect.objectContaining({ code: 'FORMAT' }))
})
