import type { Archive } from '../../archive/archive.js'
import { packingOf } from '../../compression/codecs.js'
import type { Packing } from '../../spec/compression.js'
import { digestOf } from '../../spec/digest.js'
import { ImageError } from '../../spec/errors.js'
import type { TarEntry } from '../../tar/entry.js'

/** A layer's file, as far as its header and its first bytes tell. */
interface LayerFileLooks {
  /** In bytes, of the layer that it becomes if its bytes stay. */
  size: number
  packing: Packing
}

/** Finds a layer's file. @throws ImageError NOT_FOUND */
export async function findLayer(path: string, archive: Archive): Promise<TarEntry> {
  const member = await layerAt(path, archive)
  if (member !== undefined) return member
  throw new ImageError('NOT_FOUND', 'a layer is not in the archive', {
    where: path,
    hint: 'the archive is incomplete: save the image again',
  })
}

/** Looks at a layer's file; returns undefined if it is not there. */
export async function lookAtLayer(
  path: string,
  diffID: string | null,
  archive: Archive,
): Promise<LayerFileLooks | undefined> {
  const member = await layerAt(path, archive)
  if (member === undefined) return undefined
  return {
    size: isEmptyTar(member, diffID ?? undefined) ? EMPTY_TAR.length : member.size,
    packing: packingOf(await archive.looks(member)),
  }
}

async function layerAt(path: string, archive: Archive): Promise<TarEntry | undefined> {
  const member = await archive.find(path)
  if (member !== undefined) await archive.linked.assert(member)
  return member
}

/** A file of no bytes counts as a layer of no entries; where the config means the tar of no entries, it becomes that. */
export function isEmptyTar({ size }: TarEntry, diffID: string | undefined): boolean {
  return size === 0 && diffID === digestOf(EMPTY_TAR)
}

/** A tar of no entries. */
export const EMPTY_TAR = Buffer.alloc(1024)
