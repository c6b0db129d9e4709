import { describe, expect, test } from 'vitest'
import {
  checkIdMappings,
  type IdMapping,
  mapToContainer,
  mapToHost,
  parseIdMapping,
  printIdMapping,
} from '../../src/rootfs/idMapping.js'

describe('reading', () => {
  test.each<[string, IdMapping]>([
    ['0:1000', { containerID: 0, hostID: 1000, size: 1 }],
    ['0:100000:65536', { containerID: 0, hostID: 100000, size: 65536 }],
    ['007:0:4294967295', { containerID: 7, hostID: 0, size: 4294967295 }],
  ])('%s', (text, mapping) => {
    expect(parseIdMapping(text)).toEqual(mapping)
  })

  test.each([
    '',
    '0',
    '0:',
    ':0',
    '0:0:',
    '0:0:1:1',
    '-1:0',
    '+1:0',
    '0x0:0',
    ' 0:0',
    '0:1e3',
    '0:4294967296',
    '1_0:0',
  ])('"%s" is no mapping', (text) => {
    expect(() => parseIdMapping(text)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })

  test('a printed mapping reads as the same one', () => {
    const mapping = { containerID: 1, hostID: 2, size: 3 }
    expect(parseIdMapping(printIdMapping(mapping))).toEqual(mapping)
  })
})

describe('checks', () => {
  test.each([
    ['nothing', []],
    ['neighbours', ['0:1000:1', '1:100000:65535', '65536:1001']],
    ['neighbours in any order', ['10:10:5', '0:0:10']],
    ['all IDs', ['0:0:4294967295']],
  ])('%s may be mapped', (_, texts) => {
    expect(() => checkIdMappings(texts.map(parseIdMapping))).not.toThrow()
  })

  test.each([
    ['no ID', ['0:0:0'], 'maps no ID'],
    ['IDs of the container beyond the last', ['4294967290:0:6'], 'beyond 4294967294'],
    ['IDs of the host beyond the last', ['0:4294967295:1'], 'beyond 4294967294'],
    ['an ID of the container twice', ['0:0:10', '100:100:5', '9:200:1'], "overlap in the container's IDs"],
    ['an ID of the host twice', ['0:0:10', '20:9:1'], "overlap in the host's IDs"],
  ])('%s may not', (_, texts, problem) => {
    const check = () => checkIdMappings(texts.map(parseIdMapping))
    expect(check).toThrow(expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(problem) }))
  })
})

describe('mapping', () => {
  const mappings = ['0:1000', '1:100000:65535'].map(parseIdMapping)

  test.each([
    [0, 1000],
    [1, 100000],
    [65535, 165534],
  ])('%d of the container is %d of the host', (inside, outside) => {
    expect(mapToHost(inside, mappings)).toBe(outside)
    expect(mapToContainer(outside, mappings)).toBe(inside)
  })

  test('without mappings an ID is itself', () => {
    expect(mapToHost(5, [])).toBe(5)
    expect(mapToContainer(5, [])).toBe(5)
  })

  test('an ID that is not mapped is refused', () => {
    expect(() => mapToHost(65536, mappings)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }))
    expect(() => mapToContainer(1001, mappings)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }))
  })
})
