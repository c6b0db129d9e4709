import { ImageError } from '../../spec/errors.js'
import type { Attributes } from '../../tar/attributes.js'
import type { Directory } from '../directories.js'
import { assertPathLength, MOST_NAME, MOST_PATH, shown } from '../names.js'
import { WHITEOUT_PREFIX } from '../whiteout.js'
import { type MemoryObject, NO_ENTRY } from './memoryCalls.js'
import type { MergedTree, PastDirectory, PastTree } from './mergedTree.js'

/** The tar of a merged file system, or of what some layers change in it. Paths are binary strings; the root's is ''. */
export interface MergePlan {
  /** Directories to write first, each after the one above it; undefined attributes if no layer states any. */
  directories: { path: string; attributes: Attributes | undefined }[]
  /** Paths that exist no more. */
  removed: string[]
  /**
   * The path that an object has in the tar, by the number of the entry that made it; all of them if it has several. There
   * may be a million: most take no list of their own.
   */
  paths: (string | string[] | undefined)[]
}

/** A directory on a walk. */
interface Visit {
  path: string
  object: MemoryObject
  directory: Directory | undefined
  /** What it was before; undefined if there was none. */
  before: PastDirectory | undefined
  /** The directory above. */
  above: Visit | undefined
}

/** Plans the tar of a whole file system. @throws ImageError UNSAFE for a path that Linux cannot name */
export function planWhole(tree: MergedTree): MergePlan {
  const planner = new Planner(tree, (visit) => tree.numberOf(visit.directory))
  for (const visit of visitsOf(tree)) {
    planner.addDirectory(visit)
    for (const [name, object] of othersIn(visit)) planner.addObject(visit, name, object)
  }
  return planner.plan
}

/**
 * Plans the tar of what changed since then, with the directories above it. What was removed and made again has nothing of
 * what it had before. An object that gets a new name is planned with all its names: engines that unpack each layer by itself
 * cannot link to another layer.
 * @throws ImageError UNSAFE for a path that Linux cannot name
 */
export function planChanges(tree: MergedTree, { entries, root }: PastTree): MergePlan {
  // All directories come first: lower layers may have a link in the place of one, which must not be followed.
  const planner = new Planner(tree, () => NO_ENTRY)
  const visits = [...visitsOf(tree, root)]
  const changed = changedObjects(visits)
  for (const visit of visits) {
    const isChanged = visit.before?.object !== visit.object || tree.numberOf(visit.directory) >= entries
    if (isChanged) planner.addDirectory(visit)
    for (const name of visit.before?.names.keys() ?? []) {
      if (visit.object.names?.has(name) !== true) planner.addRemoved(visit, name)
    }
    for (const [name, object] of othersIn(visit)) {
      if (changed.has(object)) planner.addObject(visit, name, object)
    }
  }
  return planner.plan
}

/** Bytes of all paths together. Those of a million files are a tenth of it. */
const MOST_BYTES = 256 * 1024 * 1024

/** Gathers a plan. Whatever is added, the directories above it are, too. */
class Planner {
  readonly plan: MergePlan
  readonly #entryOf: (visit: Visit) => number
  readonly #planned = new Set<Visit>()
  #bytes = 0

  /** @param entryOf returns the number of the entry in whose place a directory stands; NO_ENTRY to have it first */
  constructor({ entries }: MergedTree, entryOf: (visit: Visit) => number) {
    // At once: V8 makes a slow table of a list that is filled from its end.
    this.plan = { directories: [], removed: [], paths: Array.from({ length: entries }) }
    this.#entryOf = entryOf
  }

  addObject(visit: Visit, name: string, { entry }: MemoryObject): void {
    this.addDirectory(visit)
    this.#addPath(entry, within(visit, name))
  }

  addRemoved(visit: Visit, name: string): void {
    this.addDirectory(visit)
    assertWhiteoutFits(within(visit, name), name)
    this.plan.removed.push(this.#counted(within(visit, name)))
  }

  addDirectory(visit: Visit): void {
    const missing: Visit[] = []
    for (let at: Visit | undefined = visit; at !== undefined && !this.#planned.has(at); at = at.above) missing.push(at)
    for (const one of missing.reverse()) this.#addOne(one)
  }

  #addOne(visit: Visit): void {
    this.#planned.add(visit)
    const { path, directory } = visit
    const entry = this.#entryOf(visit)
    const attributes = directory?.attributes
    if (entry !== NO_ENTRY) this.#addPath(entry, path)
    else if (path !== '' || attributes !== undefined)
      this.plan.directories.push({ path: this.#counted(path), attributes })
  }

  /** @throws ImageError UNSAFE for paths that are too much together: links and missing directories make them of few bytes */
  #counted(path: string): string {
    this.#bytes += path.length
    if (this.#bytes <= MOST_BYTES) return path
    throw new ImageError('UNSAFE', 'the paths of the file system are too long together', {
      expected: `at most ${MOST_BYTES} bytes`,
    })
  }

  #addPath(entry: number, path: string): void {
    this.#counted(path)
    const { paths } = this.plan
    const known = paths[entry]
    if (known === undefined) paths[entry] = path
    else if (typeof known === 'string') paths[entry] = [known, path]
    else known.push(path)
  }
}

/** @throws ImageError UNSUPPORTED for what no whiteout can remove, since that has a longer name */
function assertWhiteoutFits(path: string, name: string): void {
  if (name.length <= MOST_NAME - WHITEOUT_PREFIX.length && path.length <= MOST_PATH - WHITEOUT_PREFIX.length) return
  throw new ImageError('UNSUPPORTED', 'a removed file has a name that is too long for a whiteout', {
    where: shown(path),
    hint: 'flatten the image, or squash it from a lower layer on',
  })
}

/** Yields all directories, those above first. */
function* visitsOf({ rootObject, rootDirectory }: MergedTree, before?: PastDirectory): Generator<Visit> {
  const left: Visit[] = [{ path: '', object: rootObject, directory: rootDirectory, before, above: undefined }]
  for (let visit = left.pop(); visit !== undefined; visit = left.pop()) {
    yield visit
    for (const [name, object] of visit.object.names ?? []) {
      if (object.names === undefined) continue
      const past = visit.before?.names.get(name)
      const directory = visit.directory?.children?.get(name)
      const child = { object, directory, before: past !== undefined && 'object' in past ? past : undefined }
      left.push({ ...child, path: within(visit, name), above: visit })
    }
  }
}

/** Yields what a directory has besides directories. */
function* othersIn({ object }: Visit): Generator<[name: string, object: MemoryObject]> {
  for (const named of object.names ?? []) if (named[1].names === undefined) yield named
}

/** Returns the objects that are new, or have a new name. */
function changedObjects(visits: readonly Visit[]): Set<MemoryObject> {
  const changed = new Set<MemoryObject>()
  for (const visit of visits) {
    for (const [name, object] of othersIn(visit)) {
      if (visit.before?.names.get(name) !== object) changed.add(object)
    }
  }
  return changed
}

function within({ path }: Visit, name: string): string {
  const joined = path === '' ? name : `${path}/${name}`
  assertPathLength(joined)
  return joined
}
