import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inOrder } from '../../src/bytes/inOrder.js'

test('results are in the order of the items, and no more run at a time than allowed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 5 })), fc.integer({ min: 0, max: 6 }), async (items, jobs) => {
      let running = 0
      const results = await inOrder(items, jobs, {
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
  await inOrder([1, 2, 3], 3, { work })
  expect(arrived).toBe(3)
})

test('after a failure nothing is started, what runs is waited for, and the first error is thrown', async () => {
  const log: string[] = []
  const work = async (item: number) => {
    log.push(`start ${item}`)
    for (let turn = 0; turn < item * 3; turn++) await Promise.resolve()
    if (item > 0) throw new Error(`${item} failed`)
  }
  await expect(inOrder([2, 1, 0, 0], 2, { work })).rejects.toThrow('1 failed')
  expect(log).toEqual(['start 2', 'start 1'])
})

test('the largest is begun first, and those of one size as they come', async () => {
  const begun: string[] = []
  const work = async (item: string) => begun.push(item)
  await inOrder(['b', 'dddd', 'a', 'ccc'], 1, { sizeOf: ({ length }) => length, work })
  expect(begun).toEqual(['dddd', 'ccc', 'b', 'a'])
})
