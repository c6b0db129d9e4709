import { shellOf } from '../archive/archiveBlobs.js'
import { concealing } from '../archive/linkedBlobs.js'
import type { Context } from '../bytes/context.js'
import { manifestsToEdit } from '../image/layoutImage.js'
import { rename } from '../image/rename.js'
import type { Rewritten } from '../image/rewriteImage.js'
import type { NamedEntry } from '../image/stored.js'
import { transfer } from '../layer/transfer.js'
import { ImageError } from '../spec/errors.js'
import { groupBy } from '../spec/groupBy.js'
import type { BlobSource } from '../store/blobs.js'
import { type IndexEntry, newEntry } from '../store/layout/indexFile.js'
import type { Destination } from '../transport/destination.js'
import { type ImagePlace, parseImagePlace } from '../transport/imagePlace.js'
import { openSource } from '../transport/openSource.js'
import { isArchivePlace, type Place } from '../transport/places.js'
import { readDestination } from '../transport/readPlaces.js'
import { assertFits } from './checkOptions.js'
import { editInLayout } from './editInLayout.js'
import type { EditWork, ImageEdited, Prepared } from './imageEdit.js'
import { archiveFormatOf, assertDifferent, openDestination } from './openDestination.js'
import { readOneImage } from './readOneImage.js'
import { rewriteWith, warnOfSkipped } from './rewriteWith.js'

/**
 * Edits an image: in its layout directory, or on its way from any place to another.
 * @throws ImageError
 */
export function editImage<Content extends Prepared>(
  image: ImagePlace,
  work: EditWork<Content>,
): Promise<ImageEdited<Content>> {
  const { to, format, force } = work.options
  if (to !== undefined) return editTo(image, to, work)
  const odd = format === undefined ? (force === true ? 'force' : undefined) : 'format'
  if (odd === undefined) return editInLayout(image, work)
  throw new ImageError('USAGE', `${odd} is for an archive that is written with --to`, { hint: 'add --to FILE.tar' })
}

/** Edits an image of any place, and writes the changed one to another place. What does not change keeps its bytes. */
async function editTo<Content extends Prepared>(
  image: ImagePlace,
  to: string,
  work: EditWork<Content>,
): Promise<ImageEdited<Content>> {
  const { options, context } = work
  const { format, force, signal } = options
  const { selector, ...place } = parseImagePlace(image)
  const target = readDestination(to)
  assertFits({ format, force }, archiveFormatOf(target, { format }))
  const images = selector === undefined ? [] : [selector]
  await using opened = await openSource(place, { name: place.path, images, signal })
  await assertDifferent(place.path, target, isArchivePlace(target) ? undefined : SAME)
  const { repository } = opened
  const opening = { options: { format, force, signal }, context, repository, platforms: [], isNamed: true }
  await using destination = await openDestination(target, opening)
  const { archive, entries, blobs, settle } = await readOneImage(opened, { sink: destination.pool, context, signal })
  return await concealing(archive, async () => {
    const { before, rewritten, prepared } = await rewrite(entries, { work, blobs, destination })
    const changed = changedEntries(entries, { before, now: rewritten.entries })
    await carry(changed, { blobs, destination, work, rewritten })
    await settle()
    const { tags, named } = namedEntries(changed, { target, work, destination })
    const arrival = { entries: named, isRenamed: tags > 0, leftOut: new Set<string>(), shell: await shellOf(archive) }
    await destination.finish(arrival)
    return { edited: rewritten.edited, manifests: rewritten.manifests, prepared }
  })
}

const SAME = 'omit --to to change an image in its layout; --tag gives the changed one another name there'

interface Stage<Content extends Prepared> {
  work: EditWork<Content>
  blobs: BlobSource
  destination: Destination
}

async function rewrite<Content extends Prepared>(
  named: readonly NamedEntry[],
  { work, blobs, destination }: Stage<Content>,
) {
  const { edit, options, context } = work
  const { signal, platform } = options
  const entries = named.map(({ entry }) => newEntry(entry))
  const found = await manifestsToEdit(entries, { platform, scope: edit.scope }, blobs)
  warnOfSkipped(found.nodes, context.warn)
  const { pool } = destination
  const prepared = await edit.prepare(found, { reader: blobs, pool, context, signal })
  return { before: found.entries, prepared, rewritten: await rewriteWith(prepared, found, pool) }
}

/** Returns all entries, with the changed ones in their places. */
function changedEntries(
  entries: readonly NamedEntry[],
  { before, now }: { before: readonly IndexEntry[]; now: readonly IndexEntry[] },
): NamedEntry[] {
  const changed = new Map(before.map(({ descriptor }, at) => [descriptor, now[at]?.descriptor]))
  return entries.map(({ entry, from }) => ({ entry: changed.get(entry) ?? entry, from }))
}

/** Carries the changed image to the pool, where its new content is already. */
async function carry(
  entries: readonly NamedEntry[],
  { blobs, destination, work, rewritten }: Stage<Prepared> & { rewritten: Rewritten },
): Promise<void> {
  const { context, options } = work
  const roots = [...groupBy(entries, ({ entry }) => entry.digest).values()].flatMap(([one]) => one?.entry ?? [])
  await transfer(roots, {
    source: blobs,
    sink: destination.pool,
    context: withoutSparse(context),
    options: { layers: 'keep', jobs: context.jobs, signal: options.signal },
    known: new Set(rewritten.manifests.map(({ manifest }) => manifest)),
  })
}

/** Returns the context without the warning that an index is kept unchanged, since it changes. */
function withoutSparse(context: Context): Context {
  return { ...context, warn: (warning) => (warning.code === 'SPARSE_INDEX' ? undefined : context.warn(warning)) }
}

/** Returns the entries under the names that the user wants, and the number of these. */
function namedEntries(
  entries: readonly NamedEntry[],
  { target, work, destination }: Pick<Stage<Prepared>, 'work' | 'destination'> & { target: Place },
): { tags: number; named: NamedEntry[] } {
  const tags = [work.options.tag ?? [], target.selector ?? []].flat()
  const images = [...groupBy(entries, ({ entry }) => entry.digest).values()].map((same) => ({
    label: same[0]?.entry.digest ?? '',
    entries: same.map(({ entry }) => entry),
    from: same[0]?.from ?? null,
    isReferrer: false,
    cameAlong: false,
  }))
  return { tags: tags.length, named: rename(images, { tags, addTags: [], repository: destination.repository }) }
}
