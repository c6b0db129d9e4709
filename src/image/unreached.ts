import type { Archive } from '../archive/archive.js'
import { listShort } from '../spec/cut.js'
import type { Digest } from '../spec/digest.js'
import { JSONDocument } from '../spec/documents.js'
import { endsWork, ImageError } from '../spec/errors.js'
import type { Warn } from '../spec/warnings.js'
import { blobPath, claimedDigest } from '../store/layoutFiles.js'
import type { Offer } from './candidates.js'

/** As large a manifest is looked at, in bytes, and so many blobs, since an archive may have very many. */
const [MOST_BYTES, MOST_LOOKED_AT] = [64 * 1024, 200]

/** Tells of manifests that a layout has and nothing in it names: they would be left behind without a word. */
export async function warnOfUnreached(archive: Archive, offers: readonly Offer[], warn: Warn): Promise<void> {
  // What a broken image reaches is not known.
  if (offers.some(({ kind }) => kind === 'broken')) return
  const reached = reachedBy(offers)
  const types = new Map<string, number>()
  let looked = 0
  for (const path of archive.paths()) {
    const digest = claimedDigest(path)
    if (digest === undefined || reached.has(digest) || path !== blobPath(digest)) continue
    if (++looked > MOST_LOOKED_AT) break
    const type = await manifestTypeOf(digest, archive)
    if (type !== undefined) types.set(type, (types.get(type) ?? 0) + 1)
  }
  if (types.size === 0) return
  const listed = listShort([...types].map(([type, count]) => `${count} of ${type}`))
  const message = `nothing names some of its manifests, which are not copied: ${listed}`
  warn({ code: 'UNREACHED', message, where: archive.name })
}

/** Digests of all that is reached; what candidates share is gone through once. */
function reachedBy(offers: readonly Offer[]): ReadonlySet<string> {
  const reached = new Set<string>()
  const walks = new Set(offers.flatMap((offer) => (offer.kind === 'index' ? [offer.nodes] : [])))
  for (const nodes of walks) for (const { descriptor } of nodes) reached.add(descriptor.digest)
  for (const offer of offers) {
    if (offer.kind !== 'item') continue
    reached.add(offer.item.config.digest)
    for (const path of offer.item.layers) reached.add(claimedDigest(path) ?? '')
  }
  return reached
}

/** What a blob is a manifest of, in a media type; undefined if it is none, or cannot be read. */
async function manifestTypeOf(digest: Digest, archive: Archive): Promise<string | undefined> {
  const member = archive.entry(blobPath(digest))
  if (member?.type !== 'file' || member.size > MOST_BYTES) return undefined
  try {
    const bytes = await archive.readMember(member, { limit: MOST_BYTES, where: digest })
    const { schemaVersion, artifactType, config } = new JSONDocument(digest, bytes).manifest()
    return schemaVersion === 2 ? (artifactType ?? config.mediaType) : undefined
  } catch (error) {
    if (!(error instanceof ImageError) || endsWork(error) || archive.context.budget.isSpent) throw error
    return undefined
  }
}
