import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { contextOf } from '../../../src/bytes/context.js'
import { exportImages } from '../../../src/docker/write/export.js'
import { ARCHIVE_FORMATS, type ArchiveFormat } from '../../../src/spec/archiveFormat.js'
import { digestOf, hexOf } from '../../../src/spec/digest.js'
import { OCI_INDEX } from '../../../src/spec/mediaTypes.js'
import type { Descriptor } from '../../../src/spec/parse.js'
import { walkGraph } from '../../../src/store/graph.js'
import { GraphWalks } from '../../../src/store/walks.js'
import { NAME, newLayout } from '../../fixtures/archives.js'
import { entriesOf, MemoryOutput, poolOf } from '../../fixtures/exporting.js'
import { addImage, addIndex, image, type Layout, nameAnnotations } from '../../fixtures/image.js'

const made = image()
const layout = newLayout()
const entry = { ...addImage(layout, made), annotations: nameAnnotations(NAME) }

test.each<[ArchiveFormat, string[]]>([
  ['docker', ['index.json', 'manifest.json', 'oci-layout']],
  ['docker-25', ['index.json', 'manifest.json', 'oci-layout', 'repositories']],
  ['docker-legacy', [`${hexOf(digestOf(made.config))}.json`, 'manifest.json', 'repositories']],
  ['oci', ['index.json', 'oci-layout']],
])('the format %s has the files %s, and its blobs or layers', async (format, expected) => {
  const { entries } = await exporting(format, layout, [entry])
  const names = [...entries.keys()]
  expect(names.filter((name) => !name.includes('/'))).toEqual(expected)
  const blob = `blobs/sha256/${hexOf(digestOf(format === 'docker-25' ? layer() : gzipSync(layer())))}`
  if (format === 'docker-legacy') expect(names.filter((name) => name.endsWith('/layer.tar'))).toHaveLength(2)
  else expect(names).toContain(blob)
})

test.each(ARCHIVE_FORMATS)('the entries that %s gives are in the pool, with all that they reach', async (format) => {
  const { written, pool } = await exporting(format, layout, [entry])
  const isClassic = format === 'docker-25' || format === 'docker-legacy'
  expect(written.map((one) => one.entry.annotations)).toEqual([nameAnnotations(NAME)])
  expect(written.map(({ root }) => root)).toEqual([entry.digest])
  expect(written[0]?.entry.digest === entry.digest).toBe(!isClassic)
  const nodes = await walkGraph(
    pool,
    written.map((one) => one.entry),
  )
  expect(nodes.at(-1)).toMatchObject({ kind: 'manifest', document: { config: { digest: digestOf(made.config) } } })
})

describe('an index of platforms', () => {
  test('is an entry of the new formats, and one image in the classic ones', async () => {
    const platforms = newLayout()
    const only = addImage(platforms, made)
    const root = { ...addIndex(platforms, [only]), annotations: nameAnnotations(NAME) }
    for (const format of ['docker', 'oci'] as const) {
      expect((await exporting(format, platforms, [root])).written).toEqual([{ entry: root, root: root.digest }])
    }
    for (const format of ['docker-25', 'docker-legacy'] as const) {
      const [one, ...others] = (await exporting(format, platforms, [root])).written
      expect(others).toEqual([])
      expect(one?.entry).not.toMatchObject({ mediaType: OCI_INDEX })
      expect(one?.root).toBe(root.digest)
    }
  })

  test('without images is refused but as a layout', async () => {
    const empty = newLayout()
    const root = addIndex(empty, [])
    for (const format of ['docker', 'docker-25', 'docker-legacy'] as const) {
      await expect(exporting(format, empty, [root])).rejects.toMatchObject({ code: 'NOT_FOUND' })
    }
    expect((await exporting('oci', empty, [root])).written).toEqual([{ entry: root, root: root.digest }])
  })
})

test('the time zone and the headers of docker-legacy are those that were chosen', async () => {
  const { entries } = await exporting('docker-legacy', layout, [entry])
  const texts = [...entries].filter(([name]) => name.endsWith('/json')).map(([, { content }]) => content.toString())
  expect(texts.filter((text) => text.includes('"created":"1969-12-31T19:00:00-05:00"'))).toHaveLength(1)
  for (const { header } of entries.values()) expect([header.uname, header.gname]).toEqual(['me', 'me'])
})

function layer(): Buffer {
  return made.layers[0] ?? Buffer.alloc(0)
}

async function exporting(format: ArchiveFormat, { blobs }: Layout, manifests: Descriptor[]) {
  const pool = await poolOf(blobs.values())
  const output = new MemoryOutput()
  const written = await exportImages(
    { schemaVersion: 2, mediaType: OCI_INDEX, manifests },
    { pool, walks: new GraphWalks(pool), output, context: contextOf({ jobs: 2 }) },
    {
      format,
      headers: { uname: 'me', typeBits: true },
      epoch: '1969-12-31T19:00:00-05:00',
      platforms: [],
      isNamed: false,
      warn: () => {},
    },
  )
  return { written, pool, entries: await entriesOf(output.written.at(-1) ?? Buffer.alloc(0)) }
}
