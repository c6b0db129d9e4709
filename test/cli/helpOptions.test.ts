import { expect, test } from 'vitest'
import { helpOptions } from '../../src/cli/helpOptions.js'

test('the help lists a command’s options by their names, in the table’s order, as each is set', () => {
  const options = helpOptions('convert')
  expect(Object.keys(options).slice(0, 5)).toEqual(['image', 'platform', 'tag', 'add-tag', 'layers'])
  expect(options.tag).toMatchObject({ type: 'string', array: true, default: [] })
  expect(options.layers).toMatchObject({ choices: ['keep', 'uncompressed', 'gzip', 'zstd'], default: 'keep' })
  expect(options['type-bits']).toMatchObject({ choices: ['on', 'off'] })
  expect(options['no-replace']).toMatchObject({ type: 'boolean', default: false })
  expect(options.quiet).toMatchObject({ alias: ['q'] })
  expect(options.level).not.toHaveProperty('default')
})

test('a command’s help may say of an option what only it does', () => {
  expect(helpOptions('convert').strict?.describe).toBe('treat warnings as errors')
  expect(helpOptions('inspect').strict?.describe).toBe('treat oddities as errors')
})
