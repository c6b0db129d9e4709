import { expect, test } from 'vitest'
import { objectAt, objectsAt, textAt } from '../../src/bundle/exactFields.js'
import { defaultRuntimeConfig, RUNTIME_VERSION } from '../../src/bundle/runtimeDefaults.js'

test('a new config has the version, and no option that is not there', () => {
  const config = defaultRuntimeConfig()
  expect(textAt(config, 'ociVersion')).toBe(RUNTIME_VERSION)
  const [proc] = objectsAt(config, 'mounts')
  expect([...(proc?.keys() ?? [])]).toEqual(['destination', 'type', 'source'])
})

test('every config is new: a change of one is none of the next', () => {
  const first = defaultRuntimeConfig()
  objectAt(first, 'process').set('cwd', '/elsewhere')
  objectsAt(first, 'mounts')[0]?.set('type', 'bind')
  const next = defaultRuntimeConfig()
  expect(textAt(objectAt(next, 'process'), 'cwd')).toBe('/')
  expect(objectsAt(next, 'mounts').map((mount) => textAt(mount, 'type'))).not.toContain('bind')
})
