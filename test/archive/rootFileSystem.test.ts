import { expect, test } from 'vitest'
import { isRootFileSystem } from '../../src/archive/rootFileSystem.js'

test.each([
  [true, ['bin/sh', 'etc/passwd', 'usr/']],
  [true, ['app', 'var', 'lib/x', 'lib/y', 'dev/null']],
  [false, ['bin/a', 'bin/b', 'bin/c']],
  [false, ['app/bin', 'app/etc', 'app/usr']],
  [false, ['bin/sh', 'etc/passwd', 'binary/x']],
  [false, []],
])('at least three directories at the top make a root file system: %s of %j', (isOne, paths) => {
  expect(isRootFileSystem(paths)).toBe(isOne)
})
