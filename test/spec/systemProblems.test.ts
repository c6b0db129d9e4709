import { expect, test } from 'vitest'
import { systemHint, systemProblem } from '../../src/spec/systemProblems.js'

const failure = (code: string, path?: string) => Object.assign(new RangeError(`${code}: odd`), { code, path })

test.each([
  ['a known code is told in words', failure('EROFS', '/a/b'), ['/a/b', 'the file system is read-only']],
  ['an unknown one in those of the system', failure('EODD', '/a'), ['/a', 'EODD: odd']],
  [
    'a path below a held directory without its number',
    failure('ENOENT', '/proc/self/fd/12/a/b'),
    ['a/b', 'no such file or directory'],
  ],
  [
    'a name directly in one not at all',
    failure('ENOENT', '/proc/self/fd/12/a'),
    [undefined, 'no such file or directory'],
  ],
])('%s', (_, error, [path, problem]) => {
  expect(systemProblem(error)).toEqual({ path, problem })
})

test('there is a hint where something can be done', () => {
  expect(systemHint(failure('EMFILE'))).toMatchObject({ hint: expect.stringContaining('ulimit -n') })
  expect(systemHint(failure('EIO'))).toEqual({})
})
