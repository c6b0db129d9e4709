import type { Bytes } from '../bytes/bytes.js'
import type { Claim } from '../bytes/verify.js'
import { ImageError } from '../spec/errors.js'
import { type Index, parseIndex } from '../spec/parse.js'
import type { BlobSink, BlobSource } from '../store/blobs.js'
import { blobPath, INDEX_FILE } from '../store/layoutFiles.js'
import type { Archive } from './archive.js'
import { TABLE_LIMIT } from './tables.js'

/**
 * The OCI layout in an archive. What passed through a pipe is in the sink already, under the name that its bytes gave
 * it, and is found there.
 */
export function archiveBlobs(archive: Archive, sink: Pick<BlobSink, 'has' | 'open'>): BlobSource {
  return {
    async index(): Promise<Index> {
      const bytes = await archive.read(INDEX_FILE, TABLE_LIMIT)
      if (bytes === undefined) throw new ImageError('NOT_FOUND', `there is no ${INDEX_FILE}`, { where: archive.name })
      return parseIndex(bytes, INDEX_FILE)
    },
    async has({ digest }: Claim): Promise<boolean> {
      return (await archive.find(blobPath(digest))) !== undefined
    },
    async *open(claim: Claim): Bytes {
      const member = await archive.find(blobPath(claim.digest))
      if (member !== undefined) yield* archive.open(member)
      else yield* sink.open(claim)
    },
  }
}
