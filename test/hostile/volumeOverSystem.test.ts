import { expect, test } from 'vitest'
import { runtimeOf } from '../fixtures/runtime.js'

test.each(['/', '', '.', '/proc', '/proc/', '//sys', '/dev/.', '/data/../dev', '../..'])(
  'a volume over "%s" is refused',
  (path) => {
    expect(() => runtimeOf({ Volumes: { [path]: {} } })).toThrow(expect.objectContaining({ code: 'UNSAFE' }))
  },
)

test('a volume that climbs stays in the container', () => {
  expect(runtimeOf({ Volumes: { '../../etc': {} } }).mounts.at(-1).destination).toBe('/etc')
})
