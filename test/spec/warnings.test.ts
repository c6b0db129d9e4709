import { describe, expect, test } from 'vitest'
import { cutWarning, FewOfEach, refuse, type Warning, type WarningCode } from '../../src/spec/warnings.js'

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

test('a warning that names a long text is cut', () => {
  const long = 'x'.repeat(1e6)
  const { code, message, where } = cutWarning({ code: 'V1_ID', message: `says ${long}; it is ignored`, where: long })
  expect(code).toBe('V1_ID')
  expect(message).toMatch(/^says x+…x+; it is ignored$/)
  expect([message.length, where.length]).toEqual([300, 301])
})

describe('few warnings of each code', () => {
  const warning = (code: WarningCode, where: string): Warning => ({ code, message: 'odd', where })

  test('are let through, and the others counted', () => {
    const few = new FewOfEach(2)
    const taken = ['a', 'b', 'c', 'd'].filter((where) => few.take(warning('HISTORY', where)))
    expect(few.take(warning('V1_ID', 'e'))).toBe(true)
    expect(taken).toEqual(['a', 'b'])
    expect(few.others()).toEqual([{ code: 'HISTORY', message: '2 more of this kind', where: 'c', more: 2 }])
  })

  test('have no others if there were no more', () => {
    const few = new FewOfEach(1)
    few.take(warning('HISTORY', 'a'))
    expect(few.others()).toEqual([])
  })

  test('count those that another count stands for', () => {
    const few = new FewOfEach(1)
    const more: Warning = { ...warning('HISTORY', 'c'), more: 10 }
    const taken = [warning('HISTORY', 'a'), warning('HISTORY', 'b'), more].filter((one) => few.take(one))
    expect(taken).toHaveLength(1)
    expect(few.others()).toMatchObject([{ where: 'b', more: 11 }])
  })
})
