import { expect, test } from 'vitest'
import { withHome, withVariables } from '../../src/bundle/environment.js'

test('a variable takes the place of one of its name, and others follow', () => {
  const variables = ['A=1', 'B==2=', 'A=3', 'ANY=']
  expect(withVariables(['PATH=/bin', 'A=0', 'TERM=x'], variables)).toEqual([
    'PATH=/bin',
    'A=3',
    'TERM=x',
    'B==2=',
    'ANY=',
  ])
})

test.each(['noeq', '=x', '', 'A=\0', null])('%j is no variable', (variable) => {
  expect(() => withVariables([], [variable])).toThrow(expect.objectContaining({ code: 'FORMAT' }))
})

test('the home directory is set unless it is known or unknown', () => {
  expect(withHome(['A=1'], '/root')).toEqual(['A=1', 'HOME=/root'])
  expect(withHome(['HOME=', 'A=1'], '/root')).toEqual(['HOME=', 'A=1'])
  expect(withHome(['A=1'], '')).toEqual(['A=1'])
})

test('100,000 variables are merged in linear time', () => {
  const variables = Array.from({ length: 100_000 }, (_, at) => `V${at}=${at}`)
  expect(withVariables(variables, variables)).toEqual(variables)
})
