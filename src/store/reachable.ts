import { algorithmOf, type Digest, digestOf, isDigest } from '../spec/digest.js'
import { ImageError } from '../spec/errors.js'
import { parseJSON } from '../spec/json/parseJSON.js'
import { isForeignLayer, isImageConfigType, isIndexType, isManifestType, layerCompression } from '../spec/mediaTypes.js'

/** Options for the walk. */
interface WalkOptions {
  /** Returns the bytes of a blob; undefined if it is not there. @throws ImageError UNSAFE if it cannot be read */
  read: (digest: Digest) => Buffer | undefined
  /** Lets signals in. */
  breathe: () => Promise<void> | undefined
}

/** What a document names. */
interface Named {
  digest: Digest
  mediaType: string
  /** The content itself, base64; empty if it is not embedded. */
  data: string
}

/**
 * Returns the digests of everything that a document names, directly or through other documents: whatever looks like a
 * descriptor anywhere in it counts. Content of unknown types is followed if it is JSON.
 * @throws ImageError if a manifest or an index is broken, because nobody knows what it named
 */
export async function reachableFrom(document: Buffer, where: string, options: WalkOptions): Promise<Set<Digest>> {
  const marked = new Set<Digest>()
  const followed = new Set<Digest>()
  const todo = namedIn(parseJSON(document, { where }))
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    marked.add(next.digest)
    if (followed.has(next.digest) || isLeaf(next.mediaType)) continue
    followed.add(next.digest)
    todo.push(...namedBy(next, options))
    await options.breathe()
  }
  return marked
}

/** True for content that names no other. */
function isLeaf(mediaType: string): boolean {
  return isImageConfigType(mediaType) || layerCompression(mediaType) !== undefined || isForeignLayer(mediaType)
}

function namedBy({ digest, mediaType, data }: Named, { read }: WalkOptions): Named[] {
  const isDocument = isIndexType(mediaType) || isManifestType(mediaType)
  try {
    const bytes = read(digest) ?? (data === '' ? undefined : Buffer.from(data, 'base64'))
    if (bytes === undefined) return []
    const found = digestOf(bytes, algorithmOf(digest))
    if (found !== digest) throw new ImageError('INTEGRITY', 'a document is damaged', { where: digest, found })
    return bytes[0] === BRACE || isDocument ? namedIn(parseJSON(bytes, { where: digest })) : []
  } catch (error) {
    // Something else than a document may have any content, and be of any size.
    if (!isDocument && error instanceof ImageError) return []
    throw error
  }
}

const BRACE = 0x7b

/** Returns everything in a value that looks like a descriptor. */
function namedIn(value: unknown): Named[] {
  const named: Named[] = []
  const todo: unknown[] = [value]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (typeof next !== 'object' || next === null) continue
    const { digest, mediaType, data } = asFields(next)
    if (typeof digest === 'string' && isDigest(digest))
      named.push({ digest, mediaType: textIn(mediaType), data: textIn(data) })
    for (const inner of Object.values(next)) if (typeof inner === 'object' && inner !== null) todo.push(inner)
  }
  return named
}

/** Returns the fields that descriptors have. Go matches their keys in any case. */
function asFields(value: object): Partial<Record<'digest' | 'mediaType' | 'data', unknown>> {
  const fields = new Map(Object.entries(value).map(([key, inner]) => [key.toLowerCase(), inner]))
  return { digest: fields.get('digest'), mediaType: fields.get('mediatype'), data: fields.get('data') }
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
