import { describe, expect, test } from 'vitest'
import { archiveOf, stacked } from '../fixtures/archives.js'
import { converted, DOORS } from '../fixtures/layout.js'
import { gnuSparse, leadingMap, type Piece } from '../fixtures/sparse.js'
import { type EntrySpec, pax, paxRecord, tar } from '../fixtures/tar.js'

const HOLE = 200_000

/** A layer that has holes: a file of zeros, and the end of the tar. */
const LAYER = tar([
  { name: 'one', content: 'one' },
  { name: 'zeros', content: Buffer.alloc(HOLE) },
  { name: 'two', content: 'two' },
])

/** What of the layer is no hole; enough pieces that no header has room for them. */
const PIECES: Piece[] = Array.from({ length: 30 }, (_, at) => [at * 32, 32] as Piece).concat([
  [1024, 512],
  [LAYER.length - 2048, 1024],
])
const SIZE = LAYER.length
const NAME = 'one/layer.tar'
const STORED = Buffer.concat(PIECES.map(([offset, length]) => LAYER.subarray(offset, offset + length)))
const NUMBERS = PIECES.flat().map(String)
const SPARSE_NAME = 'GNUSparseFile.0/layer.tar'

/** The layer's entry, in every form that tar writes. */
const FORMS: Record<string, () => EntrySpec[]> = {
  'old GNU': () => gnuSparse(NAME, PIECES, { content: STORED, size: SIZE }),
  'PAX 0.0': () => [
    {
      ...pax({}),
      content: Buffer.concat([
        paxRecord('GNU.sparse.size', `${SIZE}`),
        paxRecord('GNU.sparse.numblocks', `${PIECES.length}`),
        ...PIECES.flatMap(([offset, length]) => [
          paxRecord('GNU.sparse.offset', `${offset}`),
          paxRecord('GNU.sparse.numbytes', `${length}`),
        ]),
      ]),
    },
    { name: NAME, content: STORED },
  ],
  'PAX 0.1': () => [
    pax({
      'GNU.sparse.size': `${SIZE}`,
      'GNU.sparse.numblocks': `${PIECES.length}`,
      'GNU.sparse.map': NUMBERS.join(','),
      'GNU.sparse.name': NAME,
    }),
    { name: SPARSE_NAME, content: STORED },
  ],
  'PAX 1.0': () => [
    pax({
      'GNU.sparse.major': '1',
      'GNU.sparse.minor': '0',
      'GNU.sparse.name': NAME,
      'GNU.sparse.realsize': `${SIZE}`,
    }),
    { name: SPARSE_NAME, content: Buffer.concat([leadingMap(PIECES), STORED]) },
  ],
}

describe.each(Object.entries(FORMS))('a layer that is stored as a sparse file of the form %s', (_, entries) => {
  test.each(Object.entries(DOORS).filter(([door]) => door !== 'directory'))(
    'is read, holes are zeros: %s',
    async (__, open) => {
      const made = stacked([LAYER])
      const plain = await converted(archiveOf(made, [NAME], [{ name: NAME, content: LAYER }]))
      const archive = archiveOf(made, [NAME], [...entries(), { name: 'after', content: 'x' }])
      const sparse = await converted((await open(archive)) as string)
      expect(sparse.files).toEqual(plain.files)
      expect(sparse.warnings).toEqual([])
    },
  )

  test('is refused if the archive ends within it', async () => {
    const archive = tar(entries())
    for (const end of [600, archive.length - 1024 - 700]) {
      await expect(converted(archive.subarray(0, end))).rejects.toMatchObject({ code: 'FORMAT' })
    }
  })
})

test('a file of nothing but a hole is read', async () => {
  const made = stacked([Buffer.alloc(1024)])
  const entries = [
    pax({ 'GNU.sparse.size': '1024', 'GNU.sparse.numblocks': '1', 'GNU.sparse.map': '1024,0' }),
    { name: NAME, content: '' },
  ]
  const { images } = await converted(archiveOf(made, [NAME], entries))
  expect(images).toHaveLength(1)
})
