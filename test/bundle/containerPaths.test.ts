import { describe, expect, test } from 'vitest'
import { isWithin, volumePath, workingDirectory } from '../../src/bundle/containerPaths.js'

describe('paths of images', () => {
  test.each(['/', '/app', '/app/', '//x', '/a/./b', '/a b', '/..x', '/procedure', '/dev/fdx', '/proc/sys', '/dev'])(
    '%s is kept as it is',
    (path) => {
      expect(workingDirectory(path)).toBe(path)
    },
  )

  test.each([
    ['app', '/app'],
    ['../../etc', '/etc'],
    ['/a/../../b/', '/b'],
    ['.', '/'],
  ])('%s is %s', (path, clean) => {
    expect(workingDirectory(path)).toBe(clean)
  })

  test.each(['/data', '/data/', '/dev/shm', '/sys/fs/cgroup', '/proc2', '/rootfs'])('%s may be a volume', (path) => {
    expect(volumePath(path)).toBe(path)
  })

  test('a volume cannot lead out', () => {
    expect(volumePath('../../etc')).toBe('/etc')
    expect(volumePath('data')).toBe('/data')
  })
})

test('a path is within its directory and those above', () => {
  expect(['/', '/a', '/a/b', '/a/b/', '//a/./b'].map((directory) => isWithin('/a/b', directory))).not.toContain(false)
  expect(['/a/b/c', '/b', '/a/bc', '/ab'].map((directory) => isWithin('/a/b', directory))).not.toContain(true)
})
