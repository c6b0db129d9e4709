import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { mtreeFile, ROOTFS_DIRECTORY } from '../bundle/bundleFiles.js'
import { type OpenBundle, openBundle } from '../bundle/openBundle.js'
import { refreshBundle } from '../bundle/refresh.js'
import { type Context, collecting } from '../bytes/context.js'
import type { LayoutImage } from '../image/layoutImage.js'
import { type Edited, type NewManifest, type Rewritten, rewriteImage } from '../image/rewriteImage.js'
import { editedConfig } from '../layer/configText.js'
import { editedManifest } from '../layer/documentText.js'
import { emptyStep } from '../layer/historyEntry.js'
import { asctime } from '../rootfs/mtree.js'
import type { PackedChanges, PackThread } from '../rootfs/packThread.js'
import { type Digest, digestOf, parseDigest } from '../spec/digest.js'
import type { JSONDocument } from '../spec/documents.js'
import { refNameOf } from '../spec/reference.js'
import type { Warning } from '../spec/warnings.js'
import { type IndexEntry, IndexFile } from '../store/layout/indexFile.js'
import { INDEX_FILE } from '../store/layout/layoutNames.js'
import { entriesNamed, selectEntries, USUAL_TAG } from '../store/layout/selectEntries.js'
import { type ImagePlace, parseLayoutPlace } from '../transport/imagePlace.js'
import { type LayoutToEdit, openLayoutToEdit } from '../transport/layoutToEdit.js'
import { bundleBase } from './bundleBase.js'
import { assertRepackOptions } from './checkOptions.js'
import type { RepackOptions } from './layerOptions.js'
import { layerCompressionFor, layeredConfig, type StoredLayer, stepFor, withLayers } from './newLayer.js'
import { warnOfCount } from './oddityWarnings.js'
import { packLayer, startPacking } from './packing.js'
import { placedEntries } from './placedEntries.js'
import { running } from './running.js'
import { warnOfNoStep } from './stepWarning.js'

/** The result of repacking. */
export interface Repacked extends Edited {
  /** The new layer; null if nothing changed. */
  layer: StoredLayer | null
  /** Numbers of paths. */
  added: number
  changed: number
  removed: number
  warnings: Warning[]
}

/**
 * Makes a layer of what changed in a bundle since it was unpacked, and with it a new image in the layout that has the
 * bundle's image. Its name is `tag`, or the tag of the place; without either, the names of the bundle's image move to it.
 *
 * Without changes the image stays as it is. What the bundle says of itself is not believed, and files that others change
 * meanwhile are never followed elsewhere.
 * @throws ImageError NOT_FOUND, FORMAT, UNSAFE, UNSUPPORTED, INTEGRITY, SYSTEM, USAGE
 */
export async function repack(image: ImagePlace, bundle: string, options: RepackOptions = {}): Promise<Repacked> {
  return running(`repack ${bundle}`, options, async () => {
    assertRepackOptions(options)
    const { path, selector } = parseLayoutPlace(image)
    const [from, to] = options.tag === undefined ? [undefined, selector] : [selector, options.tag]
    const tag = to === undefined ? undefined : refNameOf(to)
    using opened = openBundle(bundle)
    const { context, warnings } = collecting(options)
    await using layout = await openLayoutToEdit(path, { context, signal: options.signal })
    const work: Work = { bundle: opened, layout, context, options, tag }
    const repacked = await repackInto(work, from)
    return { ...repacked, warnings: warnings() }
  })
}

interface Work {
  bundle: OpenBundle
  layout: LayoutToEdit
  context: Context
  options: RepackOptions
  tag: string | undefined
}

async function repackInto(work: Work, from: string | undefined): Promise<Omit<Repacked, 'warnings'>> {
  const { bundle, layout, context, options } = work
  const { walk } = bundle.origin
  const base = await bundleBase(walk, { entries: [], reader: layout.reader })
  const config = await layeredConfig(base, layout.reader)
  const compression = layerCompressionFor(options.compress, [base.manifest])
  await using thread = await startPacking({
    root: bundle.directory.at(ROOTFS_DIRECTORY),
    owners: bundle.owners,
    job: {
      kind: 'changes',
      mtree: bundle.directory.at(bundle.mtree),
      where: join(bundle.directory.path, bundle.mtree),
      masked: maskedPaths(options, config),
      rehash: options.rehash ?? false,
      describes: options.refreshBundle ?? false,
    },
  })
  const { signal } = options
  const lookedAt = Date.now()
  const found = await thread.look(signal)
  const isSame = found.added + found.changed + found.removed === 0
  if (isSame) for (const count of found.counts) warnOfCount(count, context.warn)
  const circumstances = { found, compression, pool: layout.sink, context, signal }
  const layer = isSame ? null : await packLayer(thread, circumstances)
  const rewritten = await commit(work, { config, layer, from })
  await refresh(work, rewritten, { thread, lookedAt })
  return { ...rewritten.edited, layer, ...countsOf(found) }
}

function countsOf({ added, changed, removed }: PackedChanges): Pick<Repacked, 'added' | 'changed' | 'removed'> {
  return { added, changed, removed }
}

/** Returns the paths that are left out, as binary strings. */
function maskedPaths({ maskPaths = [], maskVolumes = true }: RepackOptions, config: JSONDocument): string[] {
  const volumes = maskVolumes ? Object.keys(config.config().config?.Volumes ?? {}) : []
  return [...maskPaths, ...volumes].map((path) => Buffer.from(path).toString('latin1'))
}

interface NewContent {
  config: JSONDocument
  layer: StoredLayer | null
  /** A name that the layout has to have. */
  from: string | undefined
}

/** Writes the new documents, and names them in the index. */
async function commit(work: Work, content: NewContent): Promise<Rewritten> {
  const { bundle, layout, context, tag: wanted } = work
  const { rewritten } = await layout.sink.edit(async (current) => {
    const index = new IndexFile(current, INDEX_FILE)
    if (content.from !== undefined) selectEntries(index.entries, content.from)
    const base = await bundleBase(bundle.origin.walk, { entries: index.entries, reader: layout.reader })
    const isNamed = base.entries.some((entry) => index.entries.includes(entry))
    const tag = wanted ?? (isNamed ? undefined : USUAL_TAG)
    const one = tag === undefined ? base : { ...base, entries: base.entries.slice(0, 1) }
    const next = newDocuments(base, work, content)
    const { manifest, image } = one
    const rewritten =
      next === undefined
        ? unchanged(one)
        : await rewriteImage({ nodes: image.nodes, entries: one.entries }, [{ manifest, next }], layout.sink)
    const { entries } = rewritten
    if (next === undefined && isTagged(index.entries, entries, tag)) return { index: undefined, rewritten }
    const all = placedEntries(index, { before: one.entries, entries, tag, warn: context.warn })
    const blobs: Digest[] = [...(content.layer === null ? [] : [content.layer.digest]), ...rewritten.blobs]
    return { index: index.with(all), blobs, rewritten }
  })
  return rewritten
}

/** True if an image has its tag already, or keeps its names. */
function isTagged(all: readonly IndexEntry[], [entry]: readonly IndexEntry[], tag: string | undefined): boolean {
  if (tag === undefined) return true
  const [named, ...others] = entriesNamed(all, tag)
  return others.length === 0 && named !== undefined && named.descriptor.digest === entry?.descriptor.digest
}

/** Returns the documents with the layer, or with a step that made none; undefined if nothing changes. */
function newDocuments(base: LayoutImage, { options, context }: Work, { config, layer }: NewContent) {
  const step = { config, command: 'transload repack' }
  if (layer !== null) {
    const made = stepFor(options.history, step)
    if (made === undefined) warnOfNoStep(context)
    return withLayers(base, config, [{ layer, step: made }])
  }
  const empty = options.recordUnchanged === true ? stepFor(options.history, { ...step, make: emptyStep }) : undefined
  return empty === undefined ? undefined : withStep(base, config, empty)
}

function withStep({ manifest }: LayoutImage, config: JSONDocument, step: string): NewManifest {
  const bytes = editedConfig(config.bytes, {}, () => step)
  const claim = { digest: digestOf(bytes), size: bytes.length }
  return { config: bytes, manifest: editedManifest(manifest, claim, {}), platform: {} }
}

function unchanged({ manifest, entries }: LayoutImage): Rewritten {
  const edited = {
    digest: entries[0]?.descriptor.digest ?? '',
    manifest: manifest.descriptor.digest,
    config: manifest.document.config.digest,
  }
  return { entries: [...entries], blobs: [], edited, manifests: [], documents: new Map() }
}

/** The thread that has looked at the tree, and when it began, in milliseconds since 1970. */
interface Look {
  thread: PackThread
  lookedAt: number
}

/** Makes the bundle one of the new image, if that is wanted. */
async function refresh({ bundle, options }: Work, { documents, edited }: Rewritten, look: Look): Promise<void> {
  if (options.refreshBundle !== true || documents.size === 0) return
  const { directory, origin, mtree } = bundle
  const walk = origin.walk.map((descriptor) => {
    const { data: _, ...now } = { ...descriptor, ...documents.get(descriptor.digest) }
    return documents.has(descriptor.digest) ? now : descriptor
  })
  const tree = join(directory.path, ROOTFS_DIRECTORY)
  const header = { user: userInfo().username, machine: hostname(), tree, date: asctime(new Date()) }
  await refreshBundle(directory, {
    origin: { ...origin, walk },
    mtrees: [mtree, mtreeFile(parseDigest(edited.manifest))],
    lookedAt: look.lookedAt,
    describe: (file) => look.thread.describe(file, header),
  })
}
