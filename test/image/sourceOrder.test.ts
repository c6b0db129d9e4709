import { expect, test } from 'vitest'
import { inSourceOrder } from '../../src/image/sourceOrder.js'
import { newLayout } from '../fixtures/archives.js'
import { addImage, image, nameAnnotations } from '../fixtures/image.js'

const PLATFORM = { os: 'linux', architecture: 'amd64' }

test('entries of one content without a name, of which one states a platform, stay where they were', () => {
  const entry = addImage(newLayout(), image())
  const manifests = [entry, { ...entry, annotations: nameAnnotations('docker.io/library/app:v1') }]
  manifests.push({ ...entry, platform: PLATFORM })
  const grouped = [0, 2, 1].flatMap((at) => manifests[at] ?? [])
  const entries = grouped.map((one) => ({ entry: one, from: entry.digest }))
  const ordered = inSourceOrder(entries, { schemaVersion: 2, manifests })
  expect(ordered.map((one) => one.entry)).toEqual(manifests)
})
