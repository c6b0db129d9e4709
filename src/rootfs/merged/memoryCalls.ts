import { ImageError, systemErrorOf } from '../../spec/errors.js'
import type { Calls, Found, Name, SpecialFile } from '../calls.js'

/** An object of a file system in memory. It has as many names as directories have it. */
export interface MemoryObject {
  readonly kind: Found['kind']
  /** The number of the entry that made it; {@link NO_ENTRY} for a directory that something was put into. */
  readonly entry: number
  /** The target of a symlink. */
  readonly target: string
  /** The objects in a directory, by name; undefined for anything else. */
  readonly names: Map<Name, MemoryObject> | undefined
  readonly parent: MemoryObject | undefined
}

export const NO_ENTRY = -1

/** The most objects that fit into memory. Known images have fewer than a tenth of it. */
const MOST_OBJECTS = 4_000_000

/**
 * A file system that keeps names alone, in memory: layers are applied to it by the same rules as to a disk, and what is
 * left can be looked up. It knows no content, and of an object's attributes nothing but the entry that made it.
 */
export class MemoryCalls implements Calls {
  readonly lacks = new Set<never>()
  readonly hasExactModes = true
  readonly root: MemoryObject = { kind: 'directory', entry: NO_ENTRY, target: '', names: new Map(), parent: undefined }
  /** The number of the entry that is applied. */
  entry = NO_ENTRY
  #made = 0
  readonly #open: (MemoryObject | undefined)[] = []
  readonly #closed: number[] = []

  confineTo(): boolean {
    return false
  }

  openRoot(): number {
    return this.#opened(this.root)
  }

  openDirectory(at: number, name: Name): number {
    const object = this.#objectOf(at, name)
    if (object?.names === undefined) throw failure(object === undefined ? 'ENOENT' : 'ENOTDIR', 'open')
    return this.#opened(object)
  }

  openParent(directory: number): number {
    return this.#opened(this.#at(directory).parent ?? this.root)
  }

  openToRead(): undefined {
    return undefined
  }

  close(file: number): void {
    this.#open[file] = undefined
    this.#closed.push(file)
  }

  look(at: number, name: Name): Found | undefined {
    const object = this.#objectOf(at, name)
    return object && FOUND[object.kind]
  }

  lookAt(file: number): Found {
    return FOUND[this.#at(file).kind]
  }

  names(directory: number): Name[] {
    return [...this.#namesIn(directory).keys()]
  }

  readLink(at: number, name: Name): string {
    return this.#objectOf(at, name)?.target ?? ''
  }

  makeDirectory(at: number, name: Name): void {
    this.#add(at, name, { kind: 'directory', target: '' })
  }

  makeFile(at: number, name: Name): number {
    return this.#opened(this.#add(at, name, { kind: 'file', target: '' }))
  }

  makeSymlink(target: string, at: number, name: Name): void {
    this.#add(at, name, { kind: 'symlink', target })
  }

  makeLink(from: number, fromName: Name, at: number, name: Name): void {
    const object = this.#objectOf(from, fromName)
    if (object === undefined) throw failure('ENOENT', 'link')
    this.#put(at, name, object)
  }

  makeNode(at: number, name: Name, { kind }: SpecialFile): void {
    this.#add(at, name, { kind, target: '' })
  }

  remove(at: number, name: Name): void {
    const object = this.#objectOf(at, name)
    if (object === undefined) throw failure('ENOENT', 'unlink')
    if (object.names !== undefined) throw failure('EISDIR', 'unlink')
    this.#namesIn(at).delete(name)
  }

  removeDirectory(at: number, name: Name): void {
    if (!this.#namesIn(at).delete(name)) throw failure('ENOENT', 'rmdir')
  }

  // An entry's number stands for its content and its attributes.
  write(): void {}
  truncate(): void {}
  changeOwner(): void {}
  changeMode(): void {}
  changeTimes(): void {}
  changeOwnerOf(): void {}
  changeModeOf(): void {}
  changeTimesOf(): void {}
  setXattr(): void {}
  setXattrOf(): void {}
  removeXattrOf(): void {}

  xattrsOf(): [] {
    return []
  }

  #at(file: number): MemoryObject {
    const object = this.#open[file]
    if (object === undefined) throw failure('EBADF', 'open')
    return object
  }

  #namesIn(directory: number): Map<Name, MemoryObject> {
    const { names } = this.#at(directory)
    if (names === undefined) throw failure('ENOTDIR', 'open')
    return names
  }

  #objectOf(at: number, name: Name): MemoryObject | undefined {
    return this.#namesIn(at).get(name)
  }

  #opened(object: MemoryObject): number {
    const file = this.#closed.pop() ?? this.#open.length
    this.#open[file] = object
    return file
  }

  #add(at: number, name: Name, { kind, target }: Pick<MemoryObject, 'kind' | 'target'>): MemoryObject {
    if (++this.#made > MOST_OBJECTS) {
      throw new ImageError('UNSUPPORTED', 'the layers have too many files', { expected: `at most ${MOST_OBJECTS}` })
    }
    const isDirectory = kind === 'directory'
    const parent = isDirectory ? this.#at(at) : undefined
    const names = isDirectory ? new Map<Name, MemoryObject>() : undefined
    const object: MemoryObject = { kind, entry: this.entry, target, names, parent }
    this.#put(at, name, object)
    return object
  }

  #put(at: number, name: Name, object: MemoryObject): void {
    const names = this.#namesIn(at)
    if (names.has(name)) throw failure('EEXIST', 'open')
    names.set(name, object)
  }
}

function failure(code: string, syscall: string): Error {
  return systemErrorOf({ message: `${code}: ${syscall}`, code, errno: 0, syscall })
}

const EPOCH = { seconds: 0, nanoseconds: 0 }

function foundOf(kind: Found['kind']): Found {
  return {
    kind,
    mode: 0o700,
    uid: 0,
    gid: 0,
    size: 0,
    links: 1,
    mtime: EPOCH,
    ctime: EPOCH,
    device: 0,
    inode: 0,
    isMountPoint: false,
    special: { major: 0, minor: 0 },
  }
}

const FOUND: Record<Found['kind'], Found> = {
  file: foundOf('file'),
  directory: foundOf('directory'),
  symlink: foundOf('symlink'),
  fifo: foundOf('fifo'),
  character: foundOf('character'),
  block: foundOf('block'),
  socket: foundOf('socket'),
}
