import { expect, test } from 'vitest'
import { lookUpUser } from '../../src/bundle/users.js'

test('more groups than a process can have are refused', () => {
  expect(lookUpUser('web', files(65_536)).groups).toHaveLength(65_536)
  expect(() => lookUpUser('web', files(65_537))).toThrow(expect.objectContaining({ code: 'UNSAFE' }))
})

test('a group may have members of megabytes', () => {
  const group = Buffer.from(`team:x:5:${'someone,'.repeat(1_000_000)}web\n`)
  expect(lookUpUser('web', (path) => (path === '/etc/group' ? group : PASSWD)).groups).toEqual([5])
})

const PASSWD = Buffer.from('web:x:1:1::/:/bin/sh\n')

function files(groups: number) {
  const lines = Array.from({ length: groups }, (_, at) => `g${at}:x:${at}:web\n`)
  return (path: string) => (path === '/etc/group' ? Buffer.from(lines.join('')) : PASSWD)
}
