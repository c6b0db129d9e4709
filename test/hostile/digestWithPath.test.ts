import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { convert } from '../../src/commands/convert.js'
import { canonicalJSON } from '../../src/spec/json/canonical.js'
import { OCI_CONFIG, OCI_MANIFEST } from '../../src/spec/mediaTypes.js'
import { newLayout } from '../fixtures/archives.js'
import { temporaryDirectory } from '../fixtures/directory.js'
import { addBlob, layoutEntries } from '../fixtures/image.js'
import { DOORS } from '../fixtures/layout.js'
import { tar } from '../fixtures/tar.js'

const DIGESTS = [
  `sha256:../../../${'a'.repeat(55)}`,
  `sha256:${'A'.repeat(64)}`,
  `sha256:${'a'.repeat(63)}`,
  `sha256:${'a'.repeat(64)}\n`,
  `../sha256:${'a'.repeat(64)}`,
  `md5:${'a'.repeat(32)}`,
  `constructor:${'a'.repeat(64)}`,
  'sha256',
  '',
]

test.each(DIGESTS)('the digest %j is refused in an index, and in a manifest', async (digest) => {
  const inManifest = newLayout()
  const config = { mediaType: OCI_CONFIG, digest, size: 1 }
  const document = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [] }
  inManifest.manifests.push(addBlob(inManifest, canonicalJSON(document), OCI_MANIFEST))
  const inIndex = { ...newLayout(), manifests: [{ mediaType: OCI_MANIFEST, digest, size: 1 }] }
  for (const layout of [inIndex, inManifest]) {
    for (const open of Object.values(DOORS)) {
      const root = await temporaryDirectory()
      const converting = convert(await open(tar(layoutEntries(layout))), `${root}/layout`)
      const code = expect.stringMatching(/^(UNSAFE|UNSUPPORTED|FORMAT)$/)
      await expect(converting).rejects.toMatchObject({ name: 'ImageError', code })
      expect(await readdir(root)).toEqual([])
    }
  }
})
