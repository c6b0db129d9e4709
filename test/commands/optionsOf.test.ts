import { expect, test } from 'vitest'
import { commandOptions, functionOptions } from '../../src/commands/optionsOf.js'
import { GENERAL_OPTIONS, OPTION_TABLE } from '../../src/commands/optionTable.js'

test('a command has what is of its command line, a function what is of the library', () => {
  expect(Object.keys(commandOptions('inspect'))).toEqual(['images', 'full', 'strict', 'json'])
  const [common, own] = [
    ['signal', 'onWarning', 'onProgress'],
    ['images', 'full', 'jobs', 'strict'],
  ]
  expect(Object.keys(functionOptions('inspect'))).toEqual([...common, ...own])
  expect(commandOptions('convert')).toHaveProperty('quiet')
  expect(functionOptions('convert')).not.toHaveProperty('quiet')
})

test('every option is of a command or a function', () => {
  const reached = [
    commandOptions('convert'),
    commandOptions('inspect'),
    functionOptions('convert'),
    functionOptions('inspect'),
  ]
  const names = new Set(reached.flatMap((options) => Object.keys(options)))
  expect([...names].sort()).toEqual(Object.keys(OPTION_TABLE).sort())
})

test('no command has two options of one name or letter', () => {
  for (const command of ['convert', 'inspect'] as const) {
    const all = Object.values({ ...commandOptions(command), ...GENERAL_OPTIONS })
    const words = all.flatMap((option) => ('alias' in option ? [option.name, option.alias] : [option.name]))
    expect(words.length).toBeGreaterThan(all.length)
    expect(new Set(words).size).toBe(words.length)
  }
})
