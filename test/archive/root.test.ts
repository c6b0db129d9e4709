import { describe, expect, test } from 'vitest'
import { rootFolder } from '../../src/archive/root.js'

const find = (paths: Iterable<string>, where: string) => rootFolder(() => paths, where)

const ID = 'a'.repeat(64)
const OTHER_ID = 'b'.repeat(64)
const BLOB = `blobs/sha256/${ID}`

/** Paths of images as they are arranged. */
const IMAGES: Record<string, string[]> = {
  'an OCI layout': ['blobs', 'blobs/sha256', BLOB, 'index.json', 'oci-layout'],
  'an OCI layout without oci-layout': [BLOB, 'index.json'],
  'an OCI layout without blobs': ['index.json', 'oci-layout'],
  'a docker archive': [`${ID}/layer.tar`, `${ID}/json`, `${OTHER_ID}.json`, 'manifest.json', 'repositories'],
  'a docker archive of layers and a config': ['0.tar', `${ID}.json`, 'manifest.json'],
  'a docker archive of crane': [`sha256:${ID}`, `${OTHER_ID}.tar.gz`, 'manifest.json'],
  'a docker archive of layers in folders': [`${ID}/layer.tar`, 'config.json', 'manifest.json'],
  'a docker archive of Docker 25': [BLOB, 'index.json', 'manifest.json', 'oci-layout', 'repositories'],
  'layers that name their parents': [`${ID}/VERSION`, `${ID}/json`, `${ID}/layer.tar`],
}

describe.each(Object.entries(IMAGES))('%s', (_, paths) => {
  test.each(['', 'images/', 'a/b/', 'home/user/app/', 'a/b/c/d/e/f/g/h/'])('is found in the folder "%s"', (folder) => {
    expect(find(beside(below(folder, paths)), 'app.tar')).toBe(folder)
  })

  test('is found in whatever order its paths come', () => {
    expect(find(beside(below('images/', [...paths].reverse())), 'app.tar')).toBe('images/')
  })

  test('is refused three folders deep if another folder has images, however deep', () => {
    const both = [...below('a/b/c/', paths), ...below('a/b/x/y/z/', paths)]
    expect(() => find(both, 'app.tar')).toThrow(expect.objectContaining({ found: 'a/b/c, a/b/x/y/z' }))
  })

  test('is refused if another folder has images, too', () => {
    for (const [one, other] of [
      ['one/', 'other/'],
      ['a/one/', 'a/other/'],
      ['one/a/', 'other/a/'],
    ] as const) {
      expect(() => find([...below(one, paths), ...below(other, paths)], 'app.tar')).toThrow(
        expect.objectContaining({
          code: 'FORMAT',
          where: 'app.tar',
          found: `${one.slice(0, -1)}, ${other.slice(0, -1)}`,
          hint: expect.stringContaining('each'),
        }),
      )
    }
  })

  test('is taken at the top, whatever is in folders', () => {
    expect(find([...paths, ...below('one/', paths), ...below('other/', paths)], 'app.tar')).toBe('')
  })

  test('is taken in a folder, whatever is in folders of others', () => {
    expect(find([...below('one/', paths), ...below('two/deep/', paths)], 'app.tar')).toBe('one/')
  })
})

test.each(['manifest.json', 'index.json', 'repositories'])('at the top, %s alone is enough', (path) => {
  expect(find([path, 'something/else'], 'app.tar')).toBe('')
})

test.each([
  ['nothing at all', []],
  ['nothing that is known', ['diary.txt', 'photos/one.png']],
  ['manifest.json of something else in a folder', ['extension/manifest.json', 'extension/icon.png']],
  ['manifest.json and a file that is no layer in a folder', ['a/manifest.json', 'a/layer.zip', 'a/config.json']],
  ['index.json of something else in a folder', ['site/index.json', 'site/index.html']],
  ['repositories in a folder, as apk has it', ['etc/repositories', 'etc/passwd']],
  ['blobs without a table', [`images/${BLOB}`, 'images/oci-layout']],
  ['layers without a table', [`images/${ID}/layer.tar`, `images/${ID}/VERSION`]],
  ['json without layers', [`images/${ID}/json`, `images/${OTHER_ID}/json`]],
  ['a root file system', ['bin/sh', 'etc/passwd', 'usr/lib/node_modules/x/manifest.json', 'usr/lib/x/a.tar']],
  ['a table and its layers in two folders', ['one/manifest.json', 'two/a.tar']],
  ['the directory of a table', ['images/index.json/blobs', 'images/oci-layout']],
])('there are no images in %s', (_, paths) => {
  expect(find(paths, 'app.tar')).toBeUndefined()
})

test('paths may come from anything that can be iterated, once', () => {
  const images = IMAGES['an OCI layout'] ?? []
  expect(find(new Map(below('images/', images).map((path) => [path, 1])).keys(), 'app.tar')).toBe('images/')
})

test('a hundred thousand paths are looked through in no time', () => {
  const paths = Array.from({ length: 100_000 }, (_, at) => `dir${at % 1000}/sub${at % 77}/file${at}`)
  const start = performance.now()
  expect(find([...paths, ...below('images/', IMAGES['an OCI layout'] ?? [])], 'app.tar')).toBe('images/')
  expect(performance.now() - start).toBeLessThan(5000)
})

function below(folder: string, paths: readonly string[]): string[] {
  return paths.map((path) => folder + path)
}

/** With what such archives have beside images, before and after. */
function beside(paths: string[]): string[] {
  return ['README.md', 'charts/app/values.yaml', ...paths, 'scripts/install.sh']
}

test('a root file system that has images deep inside has none', () => {
  const layout = below('opt/app/lib/', IMAGES['an OCI layout'] ?? [])
  expect(find([...layout, 'bin/sh', 'etc/passwd'], 'app.tar')).toBeUndefined()
  expect(find([...layout, 'etc/passwd'], 'app.tar')).toBe('opt/app/lib/')
})
