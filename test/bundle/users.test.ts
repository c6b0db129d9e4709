import { describe, expect, test } from 'vitest'
import { lookUpUser, type ReadRootfsFile } from '../../src/bundle/users.js'

const PASSWD = `# a comment: x:0:0

root:x:0:0:root:/root:/bin/sh
  web:x:33:34:Web:/var/www:/bin/sh${'  '}
user\xe9:x:1000:1001::/home/user\xe9
short:x:7:8
1000:x:0:0::/never
web:x:0:0::/second
`
const GROUP = `root:x:0:
#staff:x:49:web
staff:x:50:web,root
adm:x:4:other,web
web:x:34:web
cut:x:12
1001:x:0:
`
const FILES: Readonly<Record<string, string>> = { '/etc/passwd': PASSWD, '/etc/group': GROUP }
const ROOT = { uid: 0, gid: 0, groups: [50], home: '/root' }
const WEB = { uid: 33, gid: 34, groups: [50, 4, 34], home: '/var/www' }

test.each([
  ['', ROOT],
  ['root', ROOT],
  ['0', ROOT],
  ['00', ROOT],
  [':', ROOT],
  [':5', { ...ROOT, gid: 5, groups: [] }],
  ['web', WEB],
  ['web:', WEB],
  ['33', WEB],
  ['web:adm', { ...WEB, gid: 4, groups: [] }],
  ['web:1001', { ...WEB, gid: 1001, groups: [] }],
  ['33:2147483647', { ...WEB, gid: 2147483647, groups: [] }],
  ['1000', { uid: 1000, gid: 1001, groups: [], home: '/home/useré' }],
  ['useré', { uid: 1000, gid: 1001, groups: [], home: '/home/useré' }],
  ['short', { uid: 7, gid: 8, groups: [], home: '' }],
  ['2147483647', { uid: 2147483647, gid: 0, groups: [], home: '' }],
  ['12345:adm', { uid: 12345, gid: 4, groups: [], home: '' }],
])('"%s" is who the files say', (spec, user) => {
  expect(lookUpUser(spec, reader(FILES))).toEqual(user)
})

describe('without files', () => {
  test('numbers are themselves', () => {
    expect(lookUpUser('5:6', reader({}))).toEqual({ uid: 5, gid: 6, groups: [], home: '' })
    expect(lookUpUser('', reader({}))).toEqual({ uid: 0, gid: 0, groups: [], home: '' })
  })

  test.each(['web', '5:adm', 'root'])('%s is not found', (spec) => {
    expect(() => lookUpUser(spec, reader({}))).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
  })
})

test.each(['nobody', 'web:nobody', ' 0', '0 ', '0x0', 'ROOT', '# a comment', 'constructor'])(
  '"%s" is not found',
  (spec) => {
    expect(() => lookUpUser(spec, reader(FILES))).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
  },
)

test('more than a user and a group is refused', () => {
  expect(() => lookUpUser('a:b:c', reader(FILES))).toThrow(expect.objectContaining({ code: 'FORMAT' }))
})

test('files are asked for with a limit', () => {
  const asked: [string, number][] = []
  lookUpUser('root', (path, limit) => {
    asked.push([path, limit])
    return Buffer.from(FILES[path] ?? '')
  })
  const limit = 10 * 1024 * 1024
  expect(asked).toEqual([
    ['/etc/passwd', limit],
    ['/etc/group', limit],
  ])
})

function reader(files: Readonly<Record<string, string>>): ReadRootfsFile {
  return (path) => {
    const text = files[path]
    return text === undefined ? undefined : Buffer.from(text.replaceAll('\xe9', 'é'))
  }
}
