import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ARCHIVE_FORMATS } from '../../src/spec/archiveFormat.js'
import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { OCI_CONFIG, OCI_MANIFEST, ociLayerType } from '../../src/spec/mediaTypes.js'
import { newLayout } from '../fixtures/archives.js'
import { transloadWith } from '../fixtures/cli.js'
import { filesBelow, temporaryDirectory } from '../fixtures/directory.js'
import { addBlob, image, layoutEntries } from '../fixtures/image.js'
import { tar } from '../fixtures/tar.js'

// A process of its own, with little memory: whoever fails here takes all there is.
const { NODE_OPTIONS } = process.env

beforeEach(() => {
  process.env.NODE_OPTIONS = '--max-old-space-size=100'
})

afterEach(() => {
  if (NODE_OPTIONS === undefined) delete process.env.NODE_OPTIONS
  else process.env.NODE_OPTIONS = NODE_OPTIONS
})

test.each(ARCHIVE_FORMATS.flatMap((format) => [1, -1].map((more) => [format, more] as const)))(
  'a layer on a pipe that is said to have another size than it has is refused: %s, by %i',
  async (format, more) => {
    const root = await temporaryDirectory()
    const out = join(root, 'out.tar')
    const { status, stderr } = await transloadWith(archive(more), 'convert', '-', out, '--format', format)
    expect([status, stderr]).toEqual([1, expect.stringContaining('size differs')])
    expect(await filesBelow(root)).toEqual({})
  },
)

function archive(more: number): Buffer {
  const layout = newLayout()
  const made = image({ files: ['one'] })
  const layer = addBlob(layout, gzipSync(made.layers[0] ?? ''), ociLayerType('gzip'))
  const config = addBlob(layout, made.config, OCI_CONFIG)
  const layers = [{ ...layer, size: layer.size + more }]
  const document = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers }
  layout.manifests.push(addBlob(layout, canonicalJSON(document), OCI_MANIFEST))
  return tar(layoutEntries(layout))
}
