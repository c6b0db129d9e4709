import { describe, expect, test } from 'vitest'
import { withArchive } from '../fixtures/intake.js'
import { type EntrySpec, tar } from '../fixtures/tar.js'

const ID = 'a'.repeat(64)
const UNMARKED = { end: Buffer.alloc(0) }
const OLD: EntrySpec[] = [
  { name: `${ID}/json`, content: '{}' },
  { name: `${ID}/layer.tar`, content: '' },
]
const LATER: EntrySpec = { name: `${ID}.json`, content: '{}' }

/** How an archive is taken that has these files, with or without an end marker. */
async function taken(entries: EntrySpec[], options?: { end: Uint8Array }): Promise<string> {
  return withArchive('file', tar(entries, options), () => Promise.resolve('taken')).catch(
    (error: Error) => error.message,
  )
}

describe('an archive without an end marker', () => {
  test.each([
    ['manifest.json, which stands at the end', [LATER, ...OLD], 'manifest.json'],
    ['manifest.json, before Docker 1.10 or after', OLD, 'manifest.json'],
    ['index.json', [{ name: `blobs/sha256/${ID}`, content: '' }], 'index.json'],
    ['oci-layout', [{ name: 'index.json', content: '{}' }], 'oci-layout'],
    ['manifest.json beside index.json', [{ name: 'index.json', content: '{}' }, ...OLD], 'manifest.json'],
  ])('was cut off if it lacks %s', async (_, entries, missing) => {
    const message = `the archive ends early: it has no end marker, and ${missing} is missing`
    expect(await taken(entries, UNMARKED)).toContain(message)
  })

  test('was not if it has its tables', async () => {
    const tables = ['index.json', 'oci-layout'].map((name) => ({ name, content: '{}' }))
    expect(await taken(tables, UNMARKED)).toBe('taken')
    expect(await taken([...OLD, { name: 'manifest.json', content: '[]' }], UNMARKED)).toBe('taken')
  })
})

describe('an archive with its end marker', () => {
  test('may be from before Docker 1.10 and lack manifest.json', async () => {
    expect(await taken(OLD)).toBe('taken')
  })

  test('may not lack it if it has files of later Docker', async () => {
    expect(await taken([...OLD, LATER])).toContain('manifest.json is missing')
  })
})

test.each([
  ['a directory', { name: 'manifest.json/', type: '5' }, 'a directory'],
  [
    'a link to nothing',
    { name: 'index.json', type: '2', linkTarget: 'gone' },
    'a symbolic link to gone, which is not a file',
  ],
] as const)('a table that is %s is refused', async (_, entry, found) => {
  expect(await taken([...OLD, entry])).toContain(`a table of contents cannot be read: expected a file, found ${found}`)
})
