import type { Output } from '../archive/output/output.js'
import { Pool } from '../archive/output/pool.js'
import type { Context } from '../bytes/context.js'
import { type ExportOptions, exportImages } from '../docker/write/export.js'
import { dockerNames } from '../image/dockerNames.js'
import { type ImageReport, reportsOf } from '../image/report.js'
import type { NamedEntry } from '../image/stored.js'
import type { ByteSink } from '../io/callerSink.js'
import { attempt } from '../spec/errors.js'
import { OCI_INDEX } from '../spec/mediaTypes.js'
import type { Descriptor, Index } from '../spec/parse.js'
import { warnOfTaken, withNewcomers } from '../store/merge.js'
import { GraphWalks } from '../store/walks.js'
import type { Arrival, Destination } from './destination.js'
import { type OutputOptions, openOutput } from './openOutput.js'
import { type Place, stemOf } from './places.js'

/** Options for writing an archive. */
export interface ArchiveOptions extends Omit<OutputOptions, 'jobs'> {
  context: Context
  /** The repository of bare tags, from the source's name; undefined if that gives none. */
  repository: string | undefined
  exporting: Omit<ExportOptions, 'warn'>
}

/** Opens an archive destination: a file or a stream. */
export async function openArchiveDestination(to: Place | ByteSink, options: ArchiveOptions): Promise<Destination> {
  const output = await openOutput(to, { ...options, jobs: options.context.jobs })
  const pool = new Pool(() => output.spool(), options.context)
  const path = 'transport' in to ? to.path : '-'
  const repository = options.repository ?? stemOf(path)
  return {
    pool,
    repository,
    get bytesWritten() {
      return pool.bytesWritten + output.bytesWritten
    },
    finish: (arrival) => attempt(`write ${path}`, () => write(arrival, { pool, output, path, repository }, options)),
    [Symbol.asyncDispose]: () => output[Symbol.asyncDispose](),
  }
}

interface Export {
  pool: Pool
  output: Output
  path: string
  repository: string | undefined
}

async function write(
  arrival: Arrival,
  { pool, output, path, repository }: Export,
  { context, exporting }: ArchiveOptions,
): Promise<ImageReport[]> {
  const { warn } = context
  const { entries } = arrival
  pool.leaveOut(arrival.leftOut)
  const isLayout = exporting.format === 'oci'
  const named = isLayout ? entries : await dockerNames(entries, { repository, warn, pool })
  const index = isLayout ? layoutIndex(named, arrival, context) : dockerIndex(named, arrival.shell)
  const walks = new GraphWalks(pool)
  const written = await exportImages(index, { pool, walks, output, context }, { ...exporting, warn })
  const origins = new Map(named.map(({ entry, from }) => [entry.digest, from]))
  // Names that the archive does not contain are those that it suggests to its reader.
  const own = isLayout ? stemOf(path) : repository
  const arrived = written.map(({ entry, root }) => ({ entry, from: origins.get(root) ?? null }))
  const reports = await reportsOf(arrived, { walks, repository: own, budget: context.budget })
  await output.commit()
  return reports
}

/** Returns the index of a new layout: the source's entries verbatim, and all others added as to an existing layout. */
function layoutIndex(entries: readonly NamedEntry[], { shell, isRenamed }: Arrival, { warn }: Context): Index {
  const isVerbatim = ({ from }: NamedEntry) => from !== null && !isRenamed
  const copied = entries.filter(isVerbatim).map(({ entry }) => entry)
  const added = entries.filter((one) => !isVerbatim(one)).map(({ entry }) => entry)
  const onTaken = (entry: Descriptor) => warnOfTaken(entry, warn)
  return { ...(shell ?? NEW_INDEX), manifests: withNewcomers(copied, added, { repository: undefined, onTaken }) }
}

/** Returns the index as containerd writes it, with the other fields of the source's index. */
function dockerIndex(entries: readonly NamedEntry[], shell: Index | undefined): Index {
  const different = new Map(entries.map(({ entry }) => [JSON.stringify(entry), entry]))
  return { ...NEW_INDEX, ...shell, manifests: [...different.values()] }
}

const NEW_INDEX: Index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] }
