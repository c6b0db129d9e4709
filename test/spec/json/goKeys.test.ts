import { describe, expect, test } from 'vitest'
import { foldKeys, unknownKeys } from '../../../src/spec/json/goKeys.js'

const SHAPE = {
  fields: { mediaType: {}, layers: { items: { fields: { size: {} } } }, annotations: { values: {} } },
}

describe('keys', () => {
  test('are spelled as the shape has them, at every level', () => {
    expect(foldKeys({ MEDIATYPE: 1, Layers: [{ Size: 2 }] }, SHAPE, 'x')).toEqual({
      mediaType: 1,
      layers: [{ size: 2 }],
    })
  })

  test('with letters that Go takes for plain ones are known too', () => {
    expect(foldKeys({ layerſ: [] }, SHAPE, 'x')).toEqual({ layers: [] })
  })

  test('of maps stay as they are', () => {
    const value = { annotations: { MediaType: 'a', mediatype: 'b' } }
    expect(foldKeys(value, SHAPE, 'x')).toBe(value)
  })

  test('that need no change leave the very same value', () => {
    const value = { mediaType: 'a', layers: [{ size: 1, other: 2 }], more: { Size: 3 } }
    expect(foldKeys(value, SHAPE, 'x')).toBe(value)
  })

  test('in two spellings are refused', () => {
    expect(() => foldKeys({ layers: [{ size: 1, Size: 1 }] }, SHAPE, 'x.json')).toThrow(
      expect.objectContaining({ code: 'FORMAT', message: 'x.json: size is given twice, in different case' }),
    )
  })

  test('named like what every object has are no trouble', () => {
    const value = JSON.parse('{"__proto__":{"size":1},"constructor":2}')
    expect(foldKeys(value, SHAPE, 'x')).toBe(value)
    expect(unknownKeys(value, SHAPE)).toEqual(['__proto__', 'constructor'])
  })
})

describe('unknown keys', () => {
  test('are told with their places', () => {
    const value = { more: 1, layers: [{ size: 1 }, { size: 1, kind: {} }], annotations: { free: 'a' } }
    expect(unknownKeys(value, SHAPE)).toEqual(['more', 'layers[1].kind'])
  })

  test('of what is no object are none', () => {
    expect(unknownKeys(null, SHAPE)).toEqual([])
    expect(unknownKeys('text', SHAPE)).toEqual([])
  })
})
