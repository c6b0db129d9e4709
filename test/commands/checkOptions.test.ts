import { describe, expect, test } from 'vitest'
import { assertFits, assertInspectOptions, assertOptions } from '../../src/commands/checkOptions.js'
import type { ConvertOptions, InspectOptions } from '../../src/commands/options.js'
import { ARCHIVE_FORMATS } from '../../src/spec/archiveFormat.js'

describe('options', () => {
  test.each<ConvertOptions>([
    {},
    { layers: 'gzip', level: 9 },
    { layers: 'gzip', compressor: 'transload' },
    { layers: 'gzip', compressor: 'zlib', level: 9 },
    { layers: 'gzip', compressor: 'libdeflate', level: 12 },
    { layers: 'zstd', level: 22 },
    { jobs: 64 },
    { images: [], platforms: [], tags: [], addTags: [] },
    { images: ['a'], platforms: ['linux/amd64'], tags: ['b'], addTags: ['c'] },
    ...ARCHIVE_FORMATS.map((format) => ({ format })),
  ])('%j are taken', (options) => {
    expect(() => assertOptions(options)).not.toThrow()
  })

  test.each<[string, unknown]>([
    ['layers', { layers: 'lz4' }],
    ['layers', { layers: null }],
    ['format', { format: 'docker-26' }],
    ['format', { format: 'toString' }],
    ['images', { images: 'app' }],
    ['platforms', { platforms: [1] }],
    ['tags', { tags: { 0: 'a' } }],
    ['addTags', { addTags: 'a' }],
    ['strict', { strict: 'no' }],
    ['stripAttestations', { stripAttestations: 1 }],
    ['jobs', { jobs: 65 }],
    ['jobs', { jobs: '2' }],
    ['level', { level: 1 }],
    ['level', { level: 10, layers: 'gzip' }],
    ['level', { level: 1, layers: 'uncompressed' }],
    ['level', { level: 1, layers: 'gzip', compressor: 'transload' }],
    ['level', { level: 13, layers: 'gzip', compressor: 'libdeflate' }],
    ['compressor', { layers: 'gzip', compressor: 'pigz' }],
    ['compressor', { layers: 'zstd', compressor: 'libdeflate' }],
    ['compressor', { compressor: 'zlib' }],
  ])('that have a wrong %s are a mistake of usage: %j', (what, options) => {
    expect(() => assertOptions(options as ConvertOptions)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(what) }),
    )
  })
})

test('an option that there is not is answered with those that there are, the general ones first', () => {
  const names = 'signal, onWarning, onProgress, strict, jobs, images'
  expect(() => assertInspectOptions({ image: 'a' } as InspectOptions)).toThrow(
    `there is no such option: expected one of ${names}, full, found image`,
  )
  expect(() => assertOptions({ full: true } as ConvertOptions)).toThrow(`${names}, platforms, tags, addTags, layers`)
})

describe('a destination', () => {
  test.each<[ConvertOptions, (typeof ARCHIVE_FORMATS)[number] | undefined]>([
    [{}, undefined],
    [{ layers: 'gzip', uname: undefined }, undefined],
    [{ force: false }, undefined],
    [{ replace: false }, undefined],
    [{ replace: true }, 'oci'],
    [{ format: 'docker', layers: 'zstd', force: true }, 'docker'],
    [{ format: 'oci', layers: 'gzip' }, 'oci'],
    [{ format: 'docker-25', layers: 'uncompressed', timeZone: 'UTC' }, 'docker-25'],
    [{ format: 'docker-legacy', timeZone: 'UTC', uname: '', typeBits: false }, 'docker-legacy'],
  ])('has a use for %j: %s', (options, format) => {
    expect(() => assertFits(options, format)).not.toThrow()
  })

  test.each<[ConvertOptions, (typeof ARCHIVE_FORMATS)[number] | undefined, string]>([
    [{ layers: 'gzip' }, 'docker-legacy', 'layers are uncompressed'],
    [{ layers: 'zstd' }, 'docker-25', 'layers are uncompressed'],
    [{ format: 'docker' }, undefined, 'a format is for an archive'],
    [{ force: true }, undefined, 'force replaces an archive file'],
    [{ replace: false }, 'oci', 'only a layout directory'],
    [{ timeZone: 'UTC' }, undefined, 'a time zone'],
    [{ timeZone: 'UTC' }, 'docker', 'a time zone'],
    [{ timeZone: 'UTC' }, 'oci', 'a time zone'],
    [{ uname: '' }, 'docker-25', 'a uname'],
    [{ uname: 'root' }, undefined, 'a uname'],
    [{ typeBits: false }, 'docker', 'type bits'],
    [{ typeBits: true }, 'docker-25', 'type bits'],
  ])('has no use for %j: %s', (options, format, message) => {
    expect(() => assertFits(options, format)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(message) }),
    )
  })
})
