import { expect, test } from 'vitest'
import { isOurs, isStagedName, isStagingName, LOCK, newStagingName } from '../../../src/store/layout/ownNames.js'

test('a new name is of the form that is looked for', () => {
  expect(isStagingName(newStagingName())).toBe(true)
  expect([newStagingName(), LOCK, `${LOCK}-0123456789abcdef`].map(isOurs)).toEqual([true, true, true])
})

test.each([
  '.transload',
  '.transloadrc',
  '.transload-cache',
  '.transload-x',
  '.transload.lock.bak',
  '.transload.lock-x',
  `x${newStagingName()}`,
  `${newStagingName()}~`,
  newStagingName().toUpperCase(),
  'blobs',
  'index.json',
])('%s is not ours', (name) => {
  expect([isOurs(name), isStagingName(name)]).toEqual([false, false])
})

test('the lock is no staging directory', () => {
  expect(isStagingName(LOCK)).toBe(false)
})

test.each(['owner', 'owner.new', 'archive', 'index.json', 'oci-layout', '1', '100000'])(
  '%s is staged by us',
  (name) => {
    expect(isStagedName(name)).toBe(true)
  },
)

test.each(['0', '01', '-1', '1.bak', 'blobs', 'owner.old', ' 1', '', '..'])('%j is not staged by us', (name) => {
  expect(isStagedName(name)).toBe(false)
})
