import { isUtf8 } from 'node:buffer'
import { type Bytes, single } from '../bytes/bytes.js'
import type { Claim } from '../spec/claim.js'
import { ImageError } from '../spec/errors.js'
import { type Index, parseIndex } from '../spec/parse.js'
import type { BlobSource } from '../store/blobs.js'
import { blobPath, INDEX_FILE } from '../store/layout/layoutNames.js'
import type { Archive } from './archive.js'
import { TABLE_LIMIT } from './fileNames.js'

/** An index, and the last of the bytes that it was read from, to show what follows the JSON. */
export interface ReadIndex {
  index: Index
  end: Buffer
  /** True if the bytes were UTF-8. */
  isText: boolean
}

/** Returns the index of an archive, which is read once; undefined if it has none. */
async function indexOf(archive: Archive): Promise<Index | undefined> {
  return (await readIndexOf(archive))?.index
}

/** Returns the archive's index, whose other fields go into a new index. */
export async function shellOf(archive: Archive): Promise<Index | undefined> {
  const index = await indexOf(archive)
  return index === undefined || index.schemaVersion !== undefined ? index : { schemaVersion: 2, ...index }
}

/** Returns the index with the end of its bytes. */
export function readIndexOf(archive: Archive): Promise<ReadIndex | undefined> {
  const read = READ.get(archive) ?? readOnce(archive)
  READ.set(archive, read)
  return read
}

const READ = new WeakMap<Archive, Promise<ReadIndex | undefined>>()

/** Enough of the end to show whether more than one line end follows the JSON. */
const END = 64

async function readOnce(archive: Archive): Promise<ReadIndex | undefined> {
  const bytes = await archive.read(INDEX_FILE, TABLE_LIMIT)
  return (
    bytes && { index: parseIndex(bytes, INDEX_FILE), end: Buffer.from(bytes.subarray(-END)), isText: isUtf8(bytes) }
  )
}

/** Returns the OCI layout in an archive. */
export function archiveBlobs(archive: Archive): BlobSource {
  return {
    documents: archive.context.documents,
    async index(): Promise<Index> {
      const index = await indexOf(archive)
      if (index === undefined) throw new ImageError('NOT_FOUND', `there is no ${INDEX_FILE}`, { where: archive.name })
      return index
    },
    async has({ digest, data }: Claim): Promise<boolean> {
      return data !== undefined || (await archive.find(blobPath(digest))) !== undefined
    },
    async *open({ digest, data }: Claim, start?: number): Bytes {
      const member = await archive.find(blobPath(digest))
      if (member !== undefined) yield* archive.open(member, start)
      else if (data !== undefined) yield* single(Buffer.from(data, 'base64').subarray(start))
      else throw new ImageError('NOT_FOUND', 'a blob is not in the archive', { where: digest })
    },
  }
}
