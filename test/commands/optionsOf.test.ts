import { expect, test } from 'vitest'
import type { NamedOption } from '../../src/commands/optionEntry.js'
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

const COMMANDS = [
  'convert',
  'inspect',
  'init',
  'new',
  'list',
  'tag',
  'remove',
  'stat',
  'gc',
  'config',
  'unpack',
  'raw unpack',
  'raw runtime-config',
  'repack',
  'insert',
  'raw add-layer',
  'raw mtree-validate',
  'export',
  'append',
  'rebase',
  'flatten',
  'squash',
] as const
const FUNCTIONS = [
  'convert',
  'inspect',
  'newImage',
  'tagImage',
  'removeTag',
  'stat',
  'collectGarbage',
  'editConfig',
  'unpack',
  'unpackRootfs',
  'runtimeConfig',
  'repack',
  'insert',
  'insertWhiteout',
  'addLayer',
  'exportRootfs',
  'append',
  'rebase',
  'flatten',
  'squash',
  'validateMtree',
] as const

test('every option is of a command or a function', () => {
  const reached = [...COMMANDS.map((name) => commandOptions(name)), ...FUNCTIONS.map((name) => functionOptions(name))]
  const names = new Set(reached.flatMap((options) => Object.keys(options)))
  expect([...names].sort()).toEqual(Object.keys(OPTION_TABLE).sort())
})

test('no command has two options of one name or letter', () => {
  for (const command of COMMANDS) {
    const all: NamedOption[] = Object.values({ ...commandOptions(command), ...GENERAL_OPTIONS })
    const words = all.flatMap(({ name, alias = [], also = [] }) => [name, alias, also].flat())
    expect(words.length).toBeGreaterThan(all.length)
    expect(new Set(words).size).toBe(words.length)
  }
})
