import { TAR_BLOCK } from '../bytes/tarChecksum.js'
import { ImageError } from '../spec/errors.js'
import type { TarEntry } from './entry.js'
import { decimal } from './pax.js'
import { assertGNU, gnuRealSize, gnuSegments, LeadingMap, pairs, type Segment, type SparseLimits } from './sparse.js'

/** What a header block turned out to be: an entry, or an extension whose body has to be read and given back. */
export type Header = { kind: 'entry'; entry: TarEntry } | { kind: 'extension'; type: string; size: number }

/** The type of an extension that is no entry of its own: more of the map of a sparse file. */
export const CONTINUED = 'map'

const MORE: Header = { kind: 'extension', type: CONTINUED, size: TAR_BLOCK }

/** What a PAX header says of a sparse file. */
export interface PaxSparse {
  path: string | undefined
  size: number
  /** As pairs; undefined if the map stands before the content. */
  map: string[] | undefined
}

/**
 * The records of a PAX header on a sparse file, of the formats 0.0, 0.1 and 1.0 of GNU tar.
 * @throws ImageError UNSUPPORTED for another format, FORMAT
 */
export function paxSparse(records: readonly [string, Buffer][]): PaxSparse {
  const texts = records.flatMap(([key, value]) =>
    key.startsWith('GNU.sparse.') ? [[key.slice('GNU.sparse.'.length), value.toString()] as const] : [],
  )
  const last = new Map(texts)
  const version = `${last.get('major') ?? 0}.${last.get('minor') ?? 0}`
  const path = last.get('name')
  const single = texts.flatMap(([key, value]) => (key === 'offset' || key === 'numbytes' ? [value] : []))
  const isInOrder = texts
    .filter(([key]) => key === 'offset' || key === 'numbytes')
    .every(([key], at) => key === (at % 2 === 0 ? 'offset' : 'numbytes'))
  const map = version === '1.0' ? undefined : (last.get('map')?.split(',') ?? single)
  const size = decimal((version === '1.0' ? last.get('realsize') : last.get('size')) ?? '')
  const where = path ?? 'a sparse file'
  if (!['0.0', '0.1', '1.0'].includes(version)) {
    throw new ImageError('UNSUPPORTED', 'a sparse file of an unknown format', { where, found: version })
  }
  const isTwice = last.has('map') && single.length > 0
  const pairsOfMap = map?.length === 1 && map[0] === '' ? [] : map
  // Go's reader asks for the count, too.
  const isCounted = pairsOfMap === undefined || 2 * decimal(last.get('numblocks') ?? '') === pairsOfMap.length
  if (!isInOrder || isTwice || !isCounted || Number.isNaN(size)) {
    throw new ImageError('FORMAT', 'what a PAX header says of a sparse file is damaged', { where })
  }
  return { path, size, map: pairsOfMap }
}

/** A sparse file whose map is being read. */
export class SparseEntry {
  readonly #entry: TarEntry
  readonly #limits: SparseLimits
  readonly #segments: Segment[] = []
  /** Bytes that follow the header, a map before the content among them. */
  readonly #stored: number
  #size = 0
  #leading: LeadingMap | undefined

  /** @param entry as the header has it */
  constructor(entry: TarEntry, limits: SparseLimits) {
    this.#entry = entry
    this.#limits = limits
    this.#stored = entry.size
  }

  /** Takes what the header, or a PAX header before it, says. @throws ImageError FORMAT, UNSAFE */
  start({ block, ofPax }: { block?: Uint8Array; ofPax?: PaxSparse | undefined }): Header {
    if (block !== undefined && ofPax === undefined) {
      assertGNU(block, this.#entry.path)
      this.#size = gnuRealSize(block)
      return this.#add(block, 'header')
    }
    if (ofPax === undefined || this.#entry.type !== 'file') {
      throw new ImageError('FORMAT', 'a PAX header calls something sparse that is no file', { where: this.#entry.path })
    }
    const { path, size, map } = ofPax
    this.#size = size
    this.#entry.path = path || this.#entry.path
    if (map !== undefined) {
      this.#segments.push(...pairs(map, this.#entry.path))
      return this.#whole(0)
    }
    this.#leading = new LeadingMap(this.#entry.path)
    return this.#more()
  }

  /** Takes a block of what {@link start} or this asked for. */
  extend(block: Uint8Array): Header {
    if (this.#leading === undefined) return this.#add(block, 'continuation')
    const segments = this.#leading.add(block)
    if (segments === undefined) return this.#more()
    this.#segments.push(...segments)
    return this.#whole(this.#leading.taken)
  }

  #add(block: Uint8Array, place: 'header' | 'continuation'): Header {
    const { segments, more } = gnuSegments(block, place)
    this.#segments.push(...segments)
    if (!more) return this.#whole(0)
    this.#limits.assertFew(this.#segments.length, this.#entry.path)
    return MORE
  }

  /** Asks for the next block of a map that is part of what follows the header. */
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
