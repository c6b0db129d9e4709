import { TAR_BLOCK } from '../bytes/tarChecksum.js'
import { ImageError } from '../spec/errors.js'
import type { TarEntry } from './entry.js'
import { decimal } from './pax.js'
import { assertGNU, gnuRealSize, gnuSegments, LeadingMap, pairs, type Segment, type SparseLimits } from './sparse.js'

/** The meaning of a header block: an entry, or an extension whose body the caller has to read and pass to `extend`. */
export type Header = { kind: 'entry'; entry: TarEntry } | { kind: 'extension'; type: string; size: number }

/** The type of an extension without a header of its own: more of a sparse file's map. */
export const CONTINUED = 'map'

const MORE: Header = { kind: 'extension', type: CONTINUED, size: TAR_BLOCK }

/** The part of a PAX header about a sparse file. */
export interface PaxSparse {
  path: string | undefined
  size: number
  /** Pairs of numbers; undefined if the map comes before the content. */
  map: string[] | undefined
}

/**
 * Returns the records about a sparse file in a PAX header, in the formats 0.0, 0.1 and 1.0 of GNU tar.
 * @throws ImageError UNSUPPORTED for another format, FORMAT
 */
export function paxSparse(records: readonly [string, Buffer][]): PaxSparse {
  const texts = records.flatMap(([key, value]) =>
    key.startsWith('GNU.sparse.') ? [[key.slice('GNU.sparse.'.length), value.toString()] as const] : [],
  )
  const last = new Map(texts)
  const path = last.get('name')
  const where = path ?? 'a sparse file'
  const version = versionIn(last)
  if (version !== undefined && !['0.0', '0.1', '1.0'].includes(version)) {
    throw new ImageError('UNSUPPORTED', 'a sparse file of an unknown format', { where, found: version })
  }
  const map = version === '1.0' ? undefined : mapIn(texts, last)
  const size = sizeIn(last)
  // Without a version and a map, Go's reader ignores both the map and the name.
  const isOne = version !== undefined || map?.length !== 0
  if (isOne && !Number.isNaN(size) && map !== null) return { path, size, map }
  throw new ImageError('FORMAT', 'a PAX header of a sparse file is damaged', { where })
}

type Text = readonly [key: string, value: string]

/** Returns the stated version. Go's reader does not know half a version. */
function versionIn(last: ReadonlyMap<string, string>): string | undefined {
  if (!last.has('major') && !last.has('minor')) return undefined
  return `${last.get('major') ?? ''}.${last.get('minor') ?? ''}`
}

/** Returns the size, which has two possible keys; NaN if they differ. */
function sizeIn(last: ReadonlyMap<string, string>): number {
  const [size, real] = [last.get('size'), last.get('realsize')]
  return size === undefined || real === undefined || size === real ? decimal(size ?? real ?? '') : Number.NaN
}

/** Returns the map as pairs, from one record or many; null if it is damaged. */
function mapIn(texts: readonly Text[], last: ReadonlyMap<string, string>): string[] | null {
  const single = texts.filter(([key]) => key === 'offset' || key === 'numbytes')
  const isInOrder = single.every(([key], at) => key === (at % 2 === 0 ? 'offset' : 'numbytes'))
  const isTwice = last.has('map') && single.length > 0
  const stated = last.get('map')?.split(',') ?? single.map(([, value]) => value)
  const map = stated.length === 1 && stated[0] === '' ? [] : stated
  // Go's reader requires the count, too.
  const isCounted = 2 * decimal(last.get('numblocks') ?? '') === map.length
  return isInOrder && !isTwice && isCounted ? map : null
}

/** A sparse file whose map is being read. */
export class SparseEntry {
  readonly #entry: TarEntry
  readonly #limits: SparseLimits
  #segments: Segment[] = []
  /** Bytes after the header, including a map before the content. */
  readonly #stored: number
  #size = 0
  #leading: LeadingMap | undefined

  /** @param entry as in its header */
  constructor(entry: TarEntry, limits: SparseLimits) {
    this.#entry = entry
    this.#limits = limits
    this.#stored = entry.size
  }

  /** Starts with the header, or with the PAX header before it. @throws ImageError FORMAT, UNSAFE */
  start({ block, ofPax }: { block?: Uint8Array; ofPax?: PaxSparse | undefined }): Header {
    if (block !== undefined && ofPax === undefined) {
      assertGNU(block, this.#entry.path)
      this.#size = gnuRealSize(block)
      return this.#add(block, 'header')
    }
    if (ofPax === undefined || this.#entry.type !== 'file') {
      throw new ImageError('FORMAT', 'a PAX header calls an entry sparse that is not a file', {
        where: this.#entry.path,
      })
    }
    const { path, size, map } = ofPax
    this.#size = size
    this.#entry.path = path || this.#entry.path
    if (map !== undefined) {
      this.#segments = pairs(map, this.#entry.path)
      return this.#whole(0)
    }
    this.#leading = new LeadingMap(this.#entry.path)
    return this.#more()
  }

  /** Adds a block that {@link start} or this method asked for. */
  extend(block: Uint8Array): Header {
    if (this.#leading === undefined) return this.#add(block, 'continuation')
    const segments = this.#leading.add(block)
    if (segments === undefined) return this.#more()
    this.#segments = segments
    return this.#whole(this.#leading.taken)
  }

  #add(block: Uint8Array, place: 'header' | 'continuation'): Header {
    const { segments, more } = gnuSegments(block, place)
    this.#segments.push(...segments)
    if (!more) return this.#whole(0)
    this.#limits.assertFew(this.#segments.length, this.#entry.path)
    return MORE
  }

  /** Asks for the next block of a map before the content. */
  #more(): Header {
    const taken = this.#leading?.taken ?? 0
    if (taken + TAR_BLOCK <= this.#stored) return MORE
    throw new ImageError('FORMAT', 'the map of a sparse file does not end', { where: this.#entry.path })
  }

  #whole(taken: number): Header {
    const [entry, stored] = [this.#entry, this.#stored - taken]
    const sparse = this.#limits.map(this.#segments, { size: this.#size, stored, path: entry.path })
    return { kind: 'entry', entry: { ...entry, size: this.#size, sparse } }
  }
}
