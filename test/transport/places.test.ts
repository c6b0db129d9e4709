import { describe, expect, test } from 'vitest'
import { isArchivePlace, parsePlace, stemOf } from '../../src/transport/places.js'

describe('a place', () => {
  test.each([
    ['app.tar', { transport: undefined, path: 'app.tar' }],
    ['-', { transport: undefined, path: '-' }],
    ['C:/app.tar:v1', { transport: undefined, path: 'C:/app.tar:v1' }],
    ['docker-archive:app.tar', { transport: 'docker-archive', path: 'app.tar' }],
    ['docker-archive:app.tar:@2', { transport: 'docker-archive', path: 'app.tar', selector: '@2' }],
    ['oci:dir:a.example:5000/x:v1', { transport: 'oci', path: 'dir', selector: 'a.example:5000/x:v1' }],
    ['oci:dir:', { transport: 'oci', path: 'dir', selector: '' }],
    ['oci-archive:a\nb.tar:v1', { transport: 'oci-archive', path: 'a\nb.tar', selector: 'v1' }],
    ['ocifiles', { transport: undefined, path: 'ocifiles' }],
    ['app:v1', { transport: undefined, path: 'app:v1' }],
    ['./docker://app', { transport: undefined, path: './docker://app' }],
    ['oci:/dir', { transport: 'oci', path: '/dir' }],
  ])('%j is read as skopeo reads it', (text, place) => {
    expect(parsePlace(text)).toEqual(place)
  })

  test.each(['', 'oci:', 'docker-archive::v1', 'docker:app', 'docker-daemon:app:v1', 'dir:x'])('%j is none', (text) => {
    expect(() => parsePlace(text)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})

test.each([
  ['out', false],
  ['out.tar', true],
  ['out.tar.gz', true],
  ['out.tgz', true],
  ['out.tar.zst', true],
  ['out.TAR', true],
  ['out.tzst', true],
  ['out.tar.Zstd', true],
  ['out.tar/', false],
  ['out.tar.d', false],
  ['-', true],
  ['/dev/stdout', true],
  ['/dev/fd/63', true],
  ['oci:out.tar', false],
  ['oci-archive:out', true],
  ['docker-archive:out', true],
])('the destination %s is an archive: %s', (text, isArchive) => {
  expect(isArchivePlace(parsePlace(text))).toBe(isArchive)
})

test.each([
  ['app', 'app'],
  ['images/App', 'app'],
  ['app/', 'app'],
  ['app.tar', 'app'],
  ['images/App.TAR', 'app'],
  ['app.tar.gz', 'app'],
  ['app.tgz', 'app'],
  ['app.tar.zst', 'app'],
  ['app.tzst', 'app'],
  ['app.v1.tar', 'app.v1'],
  ['app.zip', 'app.zip'],
  ['images/..', process.cwd().split('/').at(-1)?.toLowerCase()],
  ['-', undefined],
  ['/dev/fd/63', undefined],
])('the path %s says that tags are those of %s', (path, repository) => {
  expect(stemOf(path)).toBe(repository)
})
