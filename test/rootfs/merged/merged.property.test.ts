import fc from 'fast-check'
import { expect, test } from 'vitest'
import { factsOf, mergedOf } from '../../fixtures/merged.js'
import { BACKENDS, written } from '../../fixtures/rootfs.js'
import type { EntrySpec } from '../../fixtures/tar.js'

/** Few names, so that entries meet. */
const path = fc
  .array(fc.constantFrom('a', 'b', 'c', 'é'), { minLength: 1, maxLength: 3 })
  .map((names) => names.join('/'))
const mtime = fc.integer({ min: 1, max: 9 })
const mode = fc.constantFrom(0o644, 0o600, 0o755, 0o4711)

const entry: fc.Arbitrary<EntrySpec> = fc.oneof(
  fc.record({
    name: path,
    content: fc.constantFrom('', '1', '22'),
    mtime,
    mode,
    bytes: fc.constantFrom({}, { 108: '0000007\0' }),
  }),
  fc.record({ name: path.map((name) => `${name}/`), type: fc.constant('5'), mtime, mode }),
  fc.record({ name: path, type: fc.constant('2'), linkTarget: fc.constantFrom('a', '/b', '../c'), mtime }),
  fc.record({ name: path, type: fc.constant('1'), linkTarget: path }),
  fc.record({ name: path, type: fc.constant('6'), mtime, mode }),
  fc.record({ name: path.map((name) => name.replace(/[^/]+$/, '.wh.$&')) }),
  fc.record({ name: path.map((name) => `${name}/.wh..wh..opq`) }),
)
const layers = fc.array(fc.array(entry, { maxLength: 8 }), { minLength: 1, maxLength: 4 })

const backend = await BACKENDS.native?.()

/** What layers make of an empty directory; undefined if they cannot be applied. */
async function factsFrom(all: Parameters<typeof mergedOf>[0]): Promise<string[] | undefined> {
  if (backend === undefined) return undefined
  try {
    return factsOf((await written(backend, all)).path)
  } catch {
    return undefined
  }
}

const runs = { numRuns: 100 }

test('one tar of all layers makes the tree that they make', async () => {
  await fc.assert(
    fc.asyncProperty(layers, async (all) => {
      const expected = await factsFrom(all)
      if (expected === undefined) await expect(mergedOf(all)).rejects.toThrow()
      else expect(await factsFrom([await mergedOf(all)])).toEqual(expected)
    }),
    runs,
  )
})

test('one tar in the place of the upper layers makes the tree that they make, above the lower ones', async () => {
  await fc.assert(
    fc.asyncProperty(layers, fc.nat({ max: 3 }), async (all, at) => {
      const from = Math.min(at, all.length - 1)
      const expected = await factsFrom(all)
      fc.pre(expected !== undefined)
      expect(await factsFrom([...all.slice(0, from), await mergedOf(all, from)])).toEqual(expected)
    }),
    runs,
  )
})
