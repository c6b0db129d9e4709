import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf } from '../../src/spec/digest.js'
import { temporaryDirectory } from '../fixtures/directory.js'
import { HOST, type Machine, OTHER } from './machine.js'
import type { Shipped } from './shipping.js'
import { contentOf } from './tarEntries.js'

/** A program that reads an archive without keeping images. */
export interface ArchiveReader {
  program: 'skopeo' | 'crane'
  machine: Machine | undefined
  /** Reads all of an archive; the digests of its configs. @throws if something is wrong with it */
  read(machine: Machine, shipped: Shipped): Promise<string[]>
}

/** Readers of this machine, and of the root that the user named. */
export const ARCHIVE_READERS: readonly ArchiveReader[] = [
  { program: 'skopeo', machine: HOST, read: readWithSkopeo },
  { program: 'skopeo', machine: OTHER, read: readWithSkopeo },
  { program: 'crane', machine: OTHER, read: readWithCrane },
]

/** Image by image, by manifest.json and by the index, where there is one. */
async function readWithSkopeo(machine: Machine, shipped: Shipped): Promise<string[]> {
  const { archive, format, images } = shipped
  const places = images.map(({ names }, at) => `docker-archive:${archive}:${names[0] ?? `@${at}`}`)
  const ids = new Set<string>()
  for (const place of [...(format === 'oci' ? [] : places), ...(await ociPlaces(shipped))]) {
    ids.add(await readOneWithSkopeo(machine, place))
  }
  return [...ids]
}

/** What it can say of entries of the index: the only one needs no name, and it knows no other way to say which. */
async function ociPlaces({ archive, format }: Shipped): Promise<string[]> {
  if (format === 'docker-legacy') return []
  const { manifests }: Index = JSON.parse(contentOf(await readFile(archive), 'index.json').toString())
  if (manifests.length === 1) return [`oci-archive:${archive}`]
  const names = manifests.map(({ annotations }) => annotations?.['org.opencontainers.image.ref.name'])
  return names.flatMap((name) => (name === undefined ? [] : [`oci-archive:${archive}:${name}`]))
}

interface Index {
  manifests: { annotations?: Record<string, string> }[]
}

async function readOneWithSkopeo(machine: Machine, place: string): Promise<string> {
  // Into a layout, since other destinations ask for the size of a layer, which is that of the link where it is one.
  const layout = join(await temporaryDirectory(), 'layout')
  await machine.run('skopeo', '--insecure-policy', 'copy', '-q', place, `oci:${layout}:copy`)
  return digestOf(Buffer.from(await machine.run('skopeo', 'inspect', '--raw', '--config', place)))
}

/** It tells nothing, but looks at everything. */
async function readWithCrane(machine: Machine, { archive, images }: Shipped): Promise<string[]> {
  await machine.run('crane', 'validate', '--tarball', archive)
  return images.map(({ id }) => id)
}
