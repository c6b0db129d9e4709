import { expect, test } from 'vitest'
import { readV1Images } from '../../src/docker/read/v1Images.js'
import { assertNoConflict } from '../../src/image/nameConflicts.js'
import { withArchive } from '../fixtures/intake.js'
import { v1Archive, v1ID } from '../fixtures/v1.js'

// Compared each with each, any of these would take hours.
const MANY = 200_000

test('as many tags of one layer as fit into repositories are read in one go', async () => {
  const tags = Object.fromEntries(Array.from({ length: MANY }, (_, at) => [`v${at}`, v1ID('a')]))
  await withArchive('file', v1Archive([{ digit: 'a' }], { app: tags }), async (archive, { context }) => {
    const [only] = (await readV1Images(archive, context.warn)) ?? []
    expect(only?.names).toHaveLength(MANY)
  })
}, 120_000)

test('as many platforms of one name as fit into an index are compared in one go', () => {
  const claimants = Array.from({ length: MANY }, (_, at) => ({ name: 'a', content: `${at}`, platform: `linux/${at}` }))
  expect(() => assertNoConflict(claimants)).not.toThrow()
  expect(() => assertNoConflict([...claimants, { name: 'a', content: 'x', platform: 'linux/5' }])).toThrow(
    expect.objectContaining({ found: '5 and x' }),
  )
}, 120_000)
