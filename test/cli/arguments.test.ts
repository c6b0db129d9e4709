import { expect, test } from 'vitest'
import { fromArgument, toArguments } from '../../src/cli/arguments.js'

test('a lone dash survives the way through yargs, and so does an empty argument', () => {
  expect(toArguments(['convert', '-', '']).map(fromArgument)).toEqual(['convert', '-', ''])
  expect(toArguments(['-'])).not.toContain('-')
})
