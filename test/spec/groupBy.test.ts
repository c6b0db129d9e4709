import { expect, test } from 'vitest'
import { groupBy } from '../../src/spec/groupBy.js'

test('items come together by their key, in the order that both first appeared', () => {
  const groups = groupBy(['pear', 'fig', 'plum', 'kiwi', 'fir'], ({ length }) => length)
  expect([...groups]).toEqual([
    [4, ['pear', 'plum', 'kiwi']],
    [3, ['fig', 'fir']],
  ])
})
