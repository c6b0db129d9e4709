import { ImageError, invariant } from '../spec/errors.js'
import { type Attributes, attributesIn, type Extended } from './attributes.js'
import type { TarEntry } from './entry.js'
import { HeaderReader } from './headers.js'
import { parsePax } from './pax.js'
import type { Header } from './sparseEntry.js'

/** An entry of a layer: what an archive's reader knows of it, and the attributes of its object. */
export interface LayerEntry extends TarEntry {
  attributes: Attributes
}

/** A header as {@link HeaderReader} gives it, with the attributes of the object. */
export type LayerHeader = { kind: 'entry'; entry: LayerEntry } | { kind: 'extension'; type: string; size: number }

const NOTHING: Extended = { path: undefined, target: undefined, records: new Map() }

/**
 * Reads the headers of a layer. It refuses what an archive's reader refuses, by the same rules, and keeps what concerns
 * the file system.
 */
export class LayerHeaders {
  readonly #headers = new HeaderReader()
  #extended = NOTHING
  #attributes: Attributes | undefined

  /** Reads a header block of 512 bytes. @throws ImageError FORMAT, UNSAFE, UNSUPPORTED */
  read(block: Buffer): LayerHeader {
    const type = String.fromCharCode(block[156] ?? 0)
    const header = this.#headers.read(block)
    if (header.kind === 'extension' && EXTENSIONS.includes(type)) return header
    this.#attributes = attributesIn(block, this.#extended)
    this.#extended = NOTHING
    return this.#whole(header)
  }

  /** Reads the body of an announced extension; returns the entry or extension that it completes, if any. */
  extend(type: string, body: Uint8Array): LayerHeader | undefined {
    const header = this.#headers.extend(type, body)
    this.#extended = extendedBy(this.#extended, type, body)
    return header && this.#whole(header)
  }

  /** Ends the layer. @throws ImageError FORMAT if an extension waits for its entry */
  end(): void {
    this.#headers.end()
  }

  #whole(header: Header): LayerHeader {
    if (header.kind === 'extension') return header
    const { entry } = header
    const attributes = this.#attributes
    invariant(attributes !== undefined, 'a header comes before its extensions')
    // A name that ends in a slash makes an old header's file a directory.
    const isDirectory = entry.type === 'directory' && attributes.kind === 'file'
    return {
      kind: 'entry',
      entry: { ...entry, attributes: isDirectory ? { ...attributes, kind: 'directory' } : attributes },
    }
  }
}

const EXTENSIONS = 'xLKg'

function extendedBy(known: Extended, type: string, body: Uint8Array): Extended {
  if (type === 'L') return { ...known, path: agreed(known.path, withoutNUL(body)) }
  if (type === 'K') return { ...known, target: agreed(known.target, withoutNUL(body)) }
  if (type !== 'x') return known
  const records = parsePax(body)
  const path = agreed(known.path, nonEmpty(records.get('path')))
  const target = agreed(known.target, nonEmpty(records.get('linkpath')))
  return { path: nonEmpty(records.get('GNU.sparse.name')) ?? path, target, records }
}

/** Returns what two headers say, whose texts agree. @throws ImageError UNSAFE if their bytes do not: some are no text */
function agreed(known: Buffer | undefined, also: Buffer | undefined): Buffer | undefined {
  if (known === undefined || also === undefined || known.equals(also)) return also ?? known
  throw new ImageError('UNSAFE', 'two names for one tar entry', {
    expected: JSON.stringify(known.toString('latin1')),
    found: JSON.stringify(also.toString('latin1')),
  })
}

function nonEmpty(value: Buffer | undefined): Buffer | undefined {
  return value === undefined || value.length === 0 ? undefined : value
}

function withoutNUL(body: Uint8Array): Buffer {
  const end = body.indexOf(0)
  return Buffer.from(end < 0 ? body : body.subarray(0, end))
}
