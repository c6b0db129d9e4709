import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { attempt, during, ImageError, invariant, isAbort, isSystemError } from '../../src/spec/errors.js'

test.each([
  [{}, 'size differs'],
  [{ where: 'a.tar' }, 'a.tar: size differs'],
  [{ expected: 1, found: 2 }, 'size differs: expected 1, found 2'],
  [{ found: 0 }, 'size differs: found 0'],
  [{ where: 'a.tar', expected: 1 }, 'a.tar: size differs: expected 1'],
])('the message says all of %j', (details, message) => {
  expect(new ImageError('INTEGRITY', 'size differs', details).message).toBe(message)
})

describe('a failure in a step', () => {
  test('says the steps from the outermost on, and keeps what is known', async () => {
    const inner = new ImageError('INTEGRITY', 'diffID differs', {
      where: 'layer',
      expected: 'a',
      found: 'b',
      hint: 'h',
    })
    const fail = () => attempt('convert app.tar', () => attempt('ingest it', () => Promise.reject(inner)))
    await expect(fail()).rejects.toMatchObject({
      message: 'convert app.tar: ingest it: layer: diffID differs: expected a, found b',
      code: 'INTEGRITY',
      where: 'layer',
      expected: 'a',
      found: 'b',
      hint: 'h',
      cause: inner,
    })
  })

  test('does not name a place twice in a row', () => {
    const error = new ImageError('FORMAT', 'not JSON', { where: 'index.json' })
    expect(error.during('read index.json').message).toBe('read index.json: not JSON')
    expect(error.during('read xindex.json').message).toBe('read xindex.json: index.json: not JSON')
  })

  test('of the system says what the system said, with the path', async () => {
    const path = '/nonexistent/file'
    await expect(attempt('open', () => readFile(path))).rejects.toMatchObject({
      code: 'SYSTEM',
      message: `open: ${path}: no such file or directory`,
      hint: undefined,
      cause: { code: 'ENOENT' },
    })
  })

  test('for want of space comes with a hint', () => {
    expect(during('write', systemError('ENOSPC'))).toMatchObject({
      message: 'write: no space left on device',
      hint: expect.stringContaining('free some space'),
    })
  })

  test('of an unknown system code keeps its own words', () => {
    expect(during('write', systemError('EXOTIC'))).toMatchObject({ code: 'SYSTEM', message: 'write: EXOTIC happened' })
  })

  test.each([
    [new TypeError('x is undefined'), 'parse: x is undefined'],
    ['a string', 'parse: a string'],
  ])('that nobody foresaw is a bug: %s', (error, message) => {
    expect(during('parse', error)).toMatchObject({ code: 'INTERNAL', message, cause: error })
  })

  test.each(['AbortError', 'TimeoutError'])('that is an %s passes as it is', async (name) => {
    const error = new DOMException('stop', name)
    expect(isAbort(error)).toBe(true)
    await expect(attempt('read', () => Promise.reject(error))).rejects.toBe(error)
  })

  test('that does not happen changes nothing', async () => {
    expect(await attempt('add', () => Promise.resolve(2))).toBe(2)
  })
})

test('a system error is known by its code, an error of Node that has none of a call is none', () => {
  expect(isSystemError(systemError('EEXIST'))).toBe(true)
  expect(isSystemError(systemError('EEXIST'), 'ENOENT', 'EEXIST')).toBe(true)
  expect(isSystemError(systemError('EEXIST'), 'ENOENT')).toBe(false)
  expect(isSystemError(Object.assign(new Error('late'), { code: 'ERR_STREAM_PREMATURE_CLOSE' }))).toBe(false)
  expect(isSystemError('EEXIST')).toBe(false)
})

test('an invariant that does not hold is a bug of ours', () => {
  expect(() => invariant(true, 'one is one')).not.toThrow()
  expect(() => invariant(undefined, 'one is two')).toThrow(
    expect.objectContaining({ code: 'INTERNAL', message: 'broken invariant: one is two' }),
  )
})

function systemError(code: string): Error {
  return Object.assign(new Error(`${code} happened`), { code, syscall: 'write' })
}

describe('of foreign text of any length an error tells no more than one can read:', () => {
  const long = 'x'.repeat(1e6)

  test.each([
    ['problem', new ImageError('FORMAT', `not a name: ${long}: it is odd`)],
    ['place', new ImageError('FORMAT', 'it is odd', { where: long })],
    ['expected', new ImageError('FORMAT', 'it is odd', { expected: long })],
    ['found', new ImageError('FORMAT', 'it is odd', { found: long })],
    ['step', new ImageError('FORMAT', 'it is odd').during(`read ${long}`)],
    ['step that is the place', new ImageError('FORMAT', 'it is odd', { where: long }).during(`read ${long}`)],
    ['message of another error', during('parse', new TypeError(`${long} it is odd`))],
    ['path of a system error', during('open', Object.assign(systemError('ENOENT'), { path: `/${long}` }))],
  ])('its %s', (_, error) => {
    const { message, hint = '' } = error as ImageError
    expect(message).toMatch(/it is odd|no such file/)
    expect(message).toContain('x…')
    expect(message.length).toBeLessThan(350)
    expect(hint.length).toBeLessThanOrEqual(301)
  })

  test('what programs read of it, too', () => {
    const { where, expected, found, hint } = new ImageError('FORMAT', 'odd', {
      where: long,
      expected: long,
      found: long,
      hint: long,
    })
    for (const text of [where, expected, found, hint]) expect(text).toBe(`${'x'.repeat(300)}…`)
  })

  test('a place that a step names is not told twice', () => {
    const error = new ImageError('FORMAT', 'it is odd', { where: long }).during(`read ${long}`)
    expect(error.message.split('…')).toHaveLength(2)
  })
})

test('an error can be told without what was found', () => {
  const error = new ImageError('INTEGRITY', 'size differs', { where: 'blob', expected: 1, found: 4711 })
  const told = error.during('copy').withoutFound('it is a link').during('convert')
  expect(told).toMatchObject({
    code: 'INTEGRITY',
    message: 'convert: copy: blob: size differs: expected 1',
    expected: 1,
    found: undefined,
    hint: 'it is a link',
  })
  expect(JSON.stringify([told, told.stack, told.cause])).not.toContain('4711')
})
