import { expect, test } from 'vitest'
import { lookUpUser } from '../../src/bundle/users.js'

/** A number too large for a runtime is cut there, maybe to root's. It must not be found as a name either. */
test.each([
  '4294967296',
  '2147483648',
  '-1',
  '+0',
  '-0',
  '123456789012345678901234567890123456',
  '0:2147483648',
  '0:4294967296',
  '0:-1',
])('the user %s is refused, even where a name is the same', (spec) => {
  const name = spec.split(':').at(-1)
  const file = () => Buffer.from(`${name}:x:0:0::/:/bin/sh\n`)
  expect(() => lookUpUser(spec, file)).toThrow(expect.objectContaining({ code: 'UNSAFE' }))
})

test.each([
  ['4294967296', '0'],
  ['-1', '0'],
  ['', '0'],
  ['0x0', '0'],
  ['0', '4294967296'],
  ['0', ''],
])('an account with the IDs "%s" and "%s" is refused', (uid, gid) => {
  const file = () => Buffer.from(`web:x:${uid}:${gid}::/:/bin/sh\n`)
  expect(() => lookUpUser('web', file)).toThrow(expect.objectContaining({ code: 'FORMAT' }))
})

test('a broken line is not root’s', () => {
  const file = () => Buffer.from('+::::::/evil\n+evil:x:zero:0::/evil\n#root:x:0:0::/evil\nroot:x:0:0::/root\n')
  expect(lookUpUser('', file)).toMatchObject({ uid: 0, home: '/root' })
})

test('a group without a valid ID is not root’s', () => {
  const files = (path: string) => Buffer.from(path === '/etc/passwd' ? 'web:x:1:1\n' : 'team:x:abc:web\n')
  expect(() => lookUpUser('web', files)).toThrow(expect.objectContaining({ code: 'FORMAT' }))
})
