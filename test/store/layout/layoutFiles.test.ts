import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { digestOf } from '../../../src/spec/digest.js'
import { readIndex } from '../../../src/store/layout/layoutFiles.js'
import { blobPath, claimedDigest } from '../../../src/store/layout/layoutNames.js'
import { temporaryDirectory } from '../../fixtures/directory.js'

const digest = digestOf(Buffer.from('text'))
const hex = digest.slice(7)

test('a blob lies where its digest says, and its path says its digest', () => {
  expect(blobPath(digest)).toBe(`blobs/sha256/${hex}`)
  expect(claimedDigest(blobPath(digest))).toBe(digest)
  const long = digestOf(Buffer.from('text'), 'sha512')
  expect(claimedDigest(blobPath(long))).toBe(long)
})

describe('a path', () => {
  test.each([`./blobs/sha256/${hex}`, `/blobs/sha256/${hex}`, `deep/blobs/sha256/${hex}`])('%s claims', (path) => {
    expect(claimedDigest(path)).toBe(digest)
  })

  test.each([
    `${hex}/layer.tar`,
    `sha256/${hex}`,
    `blobs/sha256/${hex}.tar`,
    `blobs/sha256/${hex.slice(1)}`,
    `blobs/sha256/${hex.toUpperCase()}`,
    `blobs/sha512/${hex}`,
    `blobs/md5/${hex}`,
    `otherblobs/sha256/${hex}`,
  ])('%s claims nothing', (path) => {
    expect(claimedDigest(path)).toBeUndefined()
  })
})

describe('the index', () => {
  test('of a layout that has none yet is empty', async () => {
    expect(readIndex(join(await temporaryDirectory(), 'index.json'))).toMatchObject({ schemaVersion: 2, manifests: [] })
  })

  test('is refused with its path if it is damaged', async () => {
    const path = await temporaryDirectory()
    await writeFile(join(path, 'index.json'), '{"schemaVersion":2')
    expect(() => readIndex(join(path, 'index.json'), 'mine/index.json')).toThrow(
      expect.objectContaining({ code: 'FORMAT', where: 'mine/index.json' }),
    )
  })
})
