import type { Attributes } from '../../tar/attributes.js'
import type { LayerEntry } from '../../tar/layerHeaders.js'
import type { EntrySink } from '../../tar/layerParser.js'
import type { Name } from '../calls.js'
import { Directories, type Directory } from '../directories.js'
import { LayerWriter } from '../layerWriter.js'
import { shown } from '../names.js'
import { type Count, Oddities, type Oddity } from '../oddities.js'
import { EntryTrail } from './entryTrail.js'
import { MemoryCalls, type MemoryObject, NO_ENTRY } from './memoryCalls.js'

/** A directory as it was before further layers: its object, and what it had. */
export interface PastDirectory {
  object: MemoryObject
  names: ReadonlyMap<Name, PastDirectory | MemoryObject>
}

/** A file system as it was when so many entries were applied. */
export interface PastTree {
  entries: number
  root: PastDirectory
}

/** A layer that was applied: the number of its first entry, and the sum of its headers. */
interface AppliedLayer {
  first: number
  trail: string
}

/** The oddities that are not only about a disk. */
const LOST: ReadonlySet<Oddity> = new Set<Oddity>(['aufs file', 'xattr not packed'])

const AS_THEY_ARE = { users: [], groups: [], isRootless: false }
const ROOT = { uid: 0, gid: 0 }

/**
 * The file system that layers make together, known from their headers alone. Layers are applied by the very code that
 * unpacks them, so that both agree on every whiteout and every link.
 */
export class MergedTree implements EntrySink {
  readonly #calls = new MemoryCalls()
  readonly #directories: Directories
  readonly #oddities = new Oddities()
  readonly #writer: LayerWriter
  /** The numbers of the entries of directories, by the attributes that they give. */
  readonly #numbers = new Map<Attributes, number>()
  readonly #layers: AppliedLayer[] = []
  #entries = 0
  #first = 0
  #trail = new EntryTrail()

  constructor() {
    this.#directories = new Directories(this.#calls, this.#calls.openRoot())
    const rights = { calls: this.#calls, owners: AS_THEY_ARE, self: ROOT, oddities: this.#oddities }
    const options = { keepsDirectoryLinks: false, isSummed: false }
    this.#writer = new LayerWriter(rights, this.#directories, options)
  }

  /** Entries of all layers so far. They are numbered from 0 on. */
  get entries(): number {
    return this.#entries
  }

  get rootObject(): MemoryObject {
    return this.#calls.root
  }

  get rootDirectory(): Directory {
    return this.#directories.root
  }

  begin(entry: LayerEntry): void {
    this.#trail.add(entry)
    if (entry.attributes.xattrs.some(([name]) => name === '')) {
      this.#oddities.add('xattr not packed', shown(entry.attributes.path))
    }
    this.#calls.entry = this.#entries
    this.#writer.begin(entry)
    if (entry.attributes.kind === 'directory') this.#numbers.set(entry.attributes, this.#entries)
    this.#entries++
  }

  write(): void {}

  end(): void {
    this.#writer.end()
  }

  /** Ends a layer. */
  nextLayer(): void {
    this.#writer.nextLayer()
    this.#layers.push({ first: this.#first, trail: this.#trail.end() })
    this.#first = this.#entries
    this.#trail = new EntryTrail()
  }

  /** The layers that were applied, the lowest first. */
  get layers(): readonly AppliedLayer[] {
    return this.#layers
  }

  /** Returns the number of the entry that gave a directory its attributes; NO_ENTRY if no layer describes it. */
  numberOf(directory: Directory | undefined): number {
    const attributes = directory?.attributes
    return (attributes && this.#numbers.get(attributes)) ?? NO_ENTRY
  }

  /** Returns what is there now, to compare it with what further layers make of it. */
  snapshot(): PastTree {
    return { entries: this.#entries, root: pastOf(this.#calls.root) }
  }

  /** Returns what the layers have that the merged file system lacks. */
  counts(): Count[] {
    return this.#oddities.list().filter(({ oddity }) => LOST.has(oddity))
  }
}

/** Copies the directories of a tree, without recursion: it may be deep. */
function pastOf(root: MemoryObject): PastDirectory {
  const start = { object: root, names: new Map<Name, PastDirectory | MemoryObject>() }
  const left = [start]
  for (let past = left.pop(); past !== undefined; past = left.pop()) {
    for (const [name, object] of past.object.names ?? []) {
      if (object.names === undefined) past.names.set(name, object)
      else {
        const child = { object, names: new Map<Name, PastDirectory | MemoryObject>() }
        past.names.set(name, child)
        left.push(child)
      }
    }
  }
  return start
}
