import { expect, test } from 'vitest'
import { strayBlobs } from '../../src/archive/strayBlobs.js'
import { digestOf } from '../../src/spec/digest.js'
import { withArchive } from '../fixtures/intake.js'
import { tar } from '../fixtures/tar.js'

const [KNOWN, STRAY] = [Buffer.from('known'), Buffer.from('not known')]
const pathOf = (bytes: Buffer) => `blobs/${digestOf(bytes).replace(':', '/')}`
const archive = tar([
  { name: 'index.json', content: '{"schemaVersion":2,"manifests":[]}' },
  { name: pathOf(KNOWN), content: KNOWN },
  { name: pathOf(STRAY), content: STRAY },
  { name: 'blobs/sha256/notes.txt', content: 'no blob' },
  { name: pathOf(Buffer.from('a directory')), type: '5' },
])

test.each(['file', 'pipe', 'directory'])(
  'blobs are stray whose digests are not known, and nothing else is: %s',
  (door) =>
    withArchive(door, archive, async (opened) => {
      const known = new Set([digestOf(KNOWN)])
      expect(strayBlobs(opened, known)).toEqual([{ digest: digestOf(STRAY), size: STRAY.length }])
    }),
)
