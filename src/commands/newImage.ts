import { collecting } from '../bytes/context.js'
import type { Edited } from '../image/rewriteImage.js'
import { timeOf } from '../layer/configChanges.js'
import { digestOf } from '../spec/digest.js'
import { canonicalJSON } from '../spec/json/canonical.js'
import { OCI_CONFIG, OCI_MANIFEST } from '../spec/mediaTypes.js'
import { hostPlatform } from '../spec/platform.js'
import { refNameOf } from '../spec/reference.js'
import { momentOf } from '../spec/time.js'
import { IndexFile, newEntry } from '../store/layout/indexFile.js'
import { INDEX_FILE } from '../store/layout/layoutNames.js'
import { USUAL_TAG } from '../store/layout/selectEntries.js'
import { withTagged } from '../store/layout/tagEntries.js'
import { REF_NAME } from '../store/names.js'
import { putDocument } from '../store/putContent.js'
import { type ImagePlace, parseLayoutPlace } from '../transport/imagePlace.js'
import { openLayoutToEdit } from '../transport/layoutToEdit.js'
import { assertNewOptions } from './checkOptions.js'
import type { NewImageOptions } from './layoutOptions.js'
import { running } from './running.js'

/**
 * Makes an image without layers in a layout that exists, under a tag: `latest` if the place names none. A tag that is
 * there moves, with a warning.
 * @throws ImageError
 */
export async function newImage(image: ImagePlace, options: NewImageOptions = {}): Promise<Edited> {
  return running(`make ${image}`, options, async () => {
    assertNewOptions(options)
    const { path, selector = USUAL_TAG } = parseLayoutPlace(image)
    const tag = refNameOf(selector)
    const config = document(configOf(options))
    const manifest = document({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: { mediaType: OCI_CONFIG, ...config.claim },
      layers: [],
    })
    const { context } = collecting(options)
    await using layout = await openLayoutToEdit(path, { context, signal: options.signal })
    const { sink } = layout
    await sink.edit(async (current) => {
      const index = new IndexFile(current, INDEX_FILE)
      for (const { bytes, claim } of [config, manifest]) await putDocument(sink, bytes, claim)
      const entry = newEntry({ mediaType: OCI_MANIFEST, ...manifest.claim, annotations: { [REF_NAME]: tag } })
      const entries = withTagged(index.entries, [entry], { tag, warn: context.warn })
      return { index: index.with(entries), blobs: [config.claim.digest, manifest.claim.digest] }
    })
    const { digest } = manifest.claim
    return { digest, manifest: digest, config: config.claim.digest }
  })
}

/** Returns the config as umoci writes it. */
function configOf({ created, os, architecture, variant }: NewImageOptions): object {
  const host = hostPlatform()
  const isHost = architecture === undefined
  const itsVariant = variant ?? (isHost ? host.variant : undefined)
  return {
    created: created === undefined ? momentOf(process.env) : timeOf('created', created),
    architecture: architecture ?? host.architecture,
    os: os ?? host.os,
    ...(itsVariant === undefined || itsVariant === '' ? {} : { variant: itsVariant }),
    config: {},
    rootfs: { type: 'layers', diff_ids: [] },
  }
}

/** Returns a document as Go's encoder prints it, with the end of its line. */
function document(value: object) {
  const bytes = Buffer.concat([canonicalJSON(value), Buffer.from('\n')])
  return { bytes, claim: { digest: digestOf(bytes), size: bytes.length } }
}
