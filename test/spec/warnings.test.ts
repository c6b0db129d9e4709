import { expect, test } from 'vitest'
import { refuse } from '../../src/spec/warnings.js'

test('a warning that is refused says what it warned of, and that it need not be refused', () => {
  expect(() => refuse({ code: 'CONFIG_NAME', message: 'the name is odd', where: 'config.json' })).toThrow(
    expect.objectContaining({
      code: 'FORMAT',
      message: 'config.json: the name is odd',
      where: 'config.json',
      hint: expect.stringContaining('--strict'),
    }),
  )
})
