import { type Bytes, single } from '../bytes/bytes.js'
import type { Claim } from '../bytes/verify.js'
import { ImageError } from '../spec/errors.js'
import { type Index, parseIndex } from '../spec/parse.js'
import type { BlobSource } from '../store/blobs.js'
import { blobPath, INDEX_FILE } from '../store/layoutFiles.js'
import type { Archive } from './archive.js'
import { TABLE_LIMIT } from './tables.js'

/** The index of an archive; undefined if it has none. */
export async function indexOf(archive: Archive): Promise<Index | undefined> {
  return (await archive.find(INDEX_FILE)) === undefined ? undefined : archiveBlobs(archive).index()
}

/** The OCI layout in an archive. */
export function archiveBlobs(archive: Archive): BlobSource {
  return {
    async index(): Promise<Index> {
      const bytes = await archive.read(INDEX_FILE, TABLE_LIMIT)
      if (bytes === undefined) throw new ImageError('NOT_FOUND', `there is no ${INDEX_FILE}`, { where: archive.name })
      return parseIndex(bytes, INDEX_FILE)
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
