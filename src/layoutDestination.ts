import { basename, resolve } from 'node:path'
import type { Context } from './bytes/context.js'
import type { Arrival, Destination } from './destination.js'
import { type ImageReport, reportsOf } from './report.js'
import { attempt } from './spec/errors.js'
import type { Descriptor, Index } from './spec/parse.js'
import type { BlobSink } from './store/blobs.js'
import { openLayoutSink } from './store/layoutSink.js'
import { mergeEntries, warnOfTaken } from './store/merge.js'

/** What a layout is written with. */
interface LayoutOptions {
  context: Context
  signal?: AbortSignal
}

/** An OCI image layout directory, which is made or added to. */
export async function openLayoutDestination(path: string, options: LayoutOptions): Promise<Destination> {
  const sink = await openLayoutSink(path)
  return {
    pool: sink,
    get bytesWritten() {
      return sink.bytesWritten
    },
    finish: (arrival) => commit(sink, arrival, { path, ...options }),
    [Symbol.asyncDispose]: () => sink[Symbol.asyncDispose](),
  }
}

async function commit(
  sink: BlobSink,
  { rename, shell }: Arrival,
  { path, context, signal }: LayoutOptions & { path: string },
): Promise<ImageReport[]> {
  const repository = basename(resolve(path)).toLowerCase()
  const entries = rename(repository)
  const reports = await reportsOf(entries, { source: sink, repository })
  signal?.throwIfAborted()
  const roots = entries.map(({ entry }) => entry)
  const onTaken = (entry: Descriptor) => warnOfTaken(entry, context.warn)
  await attempt(`write ${path}`, () =>
    sink.commit(roots, (current) => mergeEntries(begun(current, shell), roots, { repository, onTaken })),
  )
  return reports
}

/** A layout without images takes over what the source's index says. */
function begun(current: Index, shell: Index | undefined): Index {
  return (current.manifests ?? []).length === 0 && shell !== undefined ? { ...shell, manifests: [] } : current
}
