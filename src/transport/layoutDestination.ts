import { lstatSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { Context } from '../bytes/context.js'
import { type ImageReport, reportsOf } from '../image/report.js'
import { rolesIn } from '../layer/role.js'
import type { KnownDocuments } from '../spec/documents.js'
import { attempt, endsWork, ImageError } from '../spec/errors.js'
import type { Descriptor, Index } from '../spec/parse.js'
import type { Reader } from '../store/blobs.js'
import { readNode } from '../store/graph.js'
import { linkedFolders } from '../store/layout/layoutDirectory.js'
import { type LayoutSink, openLayoutSink } from '../store/layout/layoutSink.js'
import { type Move, mergeEntries, namesakesIn, refuseMove, warnOfMove, warnOfTaken } from '../store/merge.js'
import { GraphWalks } from '../store/walks.js'
import type { Arrival, Destination } from './destination.js'
import { assertNotPlanted } from './openOutput.js'

/** Options for writing a layout. */
interface LayoutOptions {
  context: Context
  signal?: AbortSignal
  /** True if a name that the layout has may move to another image; default true. */
  replace?: boolean
}

/** Opens an OCI image layout directory; makes it if it does not exist. */
export async function openLayoutDestination(path: string, options: LayoutOptions): Promise<Destination> {
  // `resolve` drops a slash at the end, with which lstat would follow the link.
  const found = lstatSync(resolve(path), { throwIfNoEntry: false })
  if (found?.isSymbolicLink() === true) assertNotPlanted(resolve(path), found)
  const sink = await openTold(path, { ...options, documents: options.context.documents.lent() })
  const repository = basename(resolve(path)).toLowerCase()
  return {
    pool: sink,
    repository,
    get bytesWritten() {
      return sink.bytesWritten
    },
    finish: (arrival) => commit(sink, arrival, { path, repository, ...options }),
    [Symbol.asyncDispose]: () => sink[Symbol.asyncDispose](),
  }
}

/** Options for opening a layout. */
interface Telling {
  context: Pick<Context, 'warn'>
  /** Documents that need not be read back once they are in the layout. */
  documents?: KnownDocuments
  signal?: AbortSignal | undefined
  /** What a linked folder of blobs means, for its warning. */
  linked?: string | undefined
}

/** Opens a layout directory for writing, and tells of linked folders. */
export async function openTold(
  path: string,
  { context: { warn }, documents, signal, linked }: Telling,
): Promise<LayoutSink> {
  const sink = await openLayoutSink(path, { signal, documents })
  try {
    tellLinked(sink, path, { warn, linked })
    return sink
  } catch (error) {
    await sink[Symbol.asyncDispose]()
    throw error
  }
}

/**
 * Warns about linked folders. The user may keep blobs on another disk, but whoever else made the link gets the blobs.
 */
function tellLinked(
  { root }: LayoutSink,
  path: string,
  { warn, linked = 'blobs are written to its target' }: Pick<Context, 'warn'> & { linked?: string | undefined },
): void {
  for (const folder of linkedFolders(root)) {
    const message = `${folder} is a symbolic link: ${linked}`
    warn({ code: 'LINKED_FOLDER', message, where: path })
  }
}

async function commit(
  sink: LayoutSink,
  { entries, shell, leftOut }: Arrival,
  {
    path,
    repository,
    context,
    signal,
    replace = true,
  }: LayoutOptions & { path: string; repository: string | undefined },
): Promise<ImageReport[]> {
  sink.leaveOut(leftOut)
  const walks = new GraphWalks(sink)
  const reports = await reportsOf(entries, { walks, repository, budget: context.budget })
  signal?.throwIfAborted()
  const roots = entries.map(({ entry }) => entry)
  const merging = {
    repository,
    onTaken: (entry: Descriptor) => warnOfTaken(entry, context.warn),
    onMoved: (move: Move) => (replace ? warnOfMove(move, context.warn) : refuseMove(move)),
  }
  const merged = async (before: Index) => {
    const current = begun(before, shell)
    const rivals = namesakesIn(current, roots, repository)
    const beside = await besideImages(rivals.length === 0 ? [] : [...rivals, ...roots], sink)
    return mergeEntries(current, roots, { ...merging, isBeside: ({ digest }) => beside.has(digest) })
  }
  await attempt(`write ${path}`, () => sink.commit(roots, merged, walks))
  return reports
}

/** Returns the digests of entries that are not images. Entries that cannot be read count as images. */
async function besideImages(entries: readonly Descriptor[], source: Reader): Promise<ReadonlySet<string>> {
  const beside = new Set<string>()
  for (const entry of entries) {
    try {
      const { kind } = rolesIn([await readNode(source, entry)])(entry)
      if (kind !== 'image' && kind !== 'index') beside.add(entry.digest)
    } catch (error) {
      if (!(error instanceof ImageError) || endsWork(error)) throw error
    }
  }
  return beside
}

/** Returns the index to add to: a layout without images takes over the source's index, except its entries. */
function begun(current: Index, shell: Index | undefined): Index {
  return (current.manifests ?? []).length === 0 && shell !== undefined ? { ...shell, manifests: [] } : current
}
