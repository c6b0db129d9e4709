import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mapParallel } from '../../src/bytes/mapParallel.js'

test('results are in the order of the items, and no more run at a time than allowed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 5 })), fc.integer({ min: 0, max: 6 }), async (items, jobs) => {
      let running = 0
      const results = await mapParallel(items, jobs, {
        sizeOf: (turns) => (turns * 7) % 5,
        work: async (turns) => {
          expect(++running).toBeLessThanOrEqual(Math.max(1, jobs))
          for (let turn = 0; turn < turns; turn++) await Promise.resolve()
          running--
          return `did ${turns}`
        },
      })
      expect(results).toEqual(items.map((turns) => `did ${turns}`))
    }),
  )
})

test('as much runs at a time as allowed', async () => {
  let arrived = 0
  let release = () => {}
  const all = new Promise<void>((resolve) => {
    release = resolve
  })
  const work = async () => {
    if (++arrived === 3) release()
    await all
  }
  await mapParallel([1, 2, 3], 3, { work })
  expect(arrived).toBe(3)
})

test('after a failure nothing is started, what runs is waited for, and the first error is thrown', async () => {
  const log: string[] = []
  const work = async (item: number) => {
    log.push(`start ${item}`)
    for (let turn = 0; turn < item * 3; turn++) await Promise.resolve()
    if (item > 0) throw new Error(`${item} failed`)
  }
  await expect(mapParallel([2, 1, 0, 0], 2, { work })).rejects.toThrow('1 failed')
  expect(log).toEqual(['start 2', 'start 1'])
})

test('the largest is begun first, and those of one size as they come', async () => {
  const begun: string[] = []
  const work = async (item: string) => begun.push(item)
  await mapParallel(['b', 'dddd', 'a', 'ccc'], 1, { sizeOf: ({ length }) => length, work })
  expect(begun).toEqual(['dddd', 'ccc', 'b', 'a'])
})

test('of large items no more run at a time than allowed, while small ones go on beside them', async () => {
  const [large, small] = [1 << 22, 1]
  let running = 0
  const done: number[] = []
  const work = async (size: number) => {
    if (size === large) expect(++running).toBeLessThanOrEqual(2)
    for (let turn = 0; turn < (size === large ? 50 : 1); turn++) await Promise.resolve()
    if (size === large) running--
    done.push(size)
  }
  await mapParallel([small, large, large, small, large, large, small], 4, {
    sizeOf: (size) => size,
    mostLarge: 2,
    work,
  })
  expect(done).toEqual([small, small, small, large, large, large, large])
})

test.each([0, 1, 5])('large items are done by whatever number of jobs: %i', async (jobs) => {
  const options = { sizeOf: () => 1 << 22, mostLarge: 2, work: (item: number) => Promise.resolve(item) }
  expect(await mapParallel([1, 2, 3], jobs, options)).toEqual([1, 2, 3])
})
