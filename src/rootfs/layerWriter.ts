import { during, ImageError } from '../spec/errors.js'
import type { Attributes } from '../tar/attributes.js'
import type { LayerEntry } from '../tar/layerHeaders.js'
import type { EntrySink } from '../tar/layerParser.js'
import type { Calls, Name, SpecialFile } from './calls.js'
import { Content } from './content.js'
import { type Directories, type Directory, pathOf } from './directories.js'
import { findTarget, noTarget } from './linkTarget.js'
import { Metadata, type Rights } from './metadata.js'
import { namesIn, shown } from './names.js'
import { Places } from './places.js'
import { PseudoLinks } from './pseudoLinks.js'
import { Walker } from './walker.js'
import { meaningOf } from './whiteout.js'
import { Whiteouts } from './whiteouts.js'

/** Options for writing layers. */
export interface WriterOptions {
  /** True to keep links to directories where a layer has a directory of their name. */
  keepsDirectoryLinks: boolean
  /** True to compute the SHA-256 of each file. */
  isSummed: boolean
}

/** The file that is being written. */
interface Open {
  file: number
  at: Directory
  name: Name
  attributes: Attributes
  content: Content
}

/**
 * Writes the entries of layers into a root directory, as a layer is applied (OCI image-spec, layer.md, "Applying
 * Changesets"). Directories get their attributes when all layers are written.
 */
export class LayerWriter implements EntrySink {
  readonly #rights: Rights
  readonly #calls: Calls
  readonly #directories: Directories
  readonly #walker: Walker
  readonly #places: Places
  readonly #whiteouts: Whiteouts
  readonly #metadata: Metadata
  readonly #options: WriterOptions
  readonly #pseudoLinks = new PseudoLinks()
  #layer = 0
  #open: Open | undefined
  /** Entries written. */
  entries = 0

  constructor(rights: Rights, directories: Directories, options: WriterOptions) {
    this.#rights = rights
    this.#calls = rights.calls
    this.#directories = directories
    this.#walker = new Walker(rights.calls, directories)
    this.#places = new Places({ calls: rights.calls, directories, walker: this.#walker })
    this.#whiteouts = new Whiteouts(rights.calls, directories)
    this.#metadata = new Metadata(rights)
    this.#options = options
  }

  /** Starts the next layer: what was written so far is below it. */
  nextLayer(): void {
    const { used } = this.#pseudoLinks
    if (used !== undefined) this.#places.clear(this.#directories.root, used)
    this.#pseudoLinks.used = undefined
    this.#layer++
    this.#places.forget()
  }

  begin(entry: LayerEntry): void {
    this.#directories.effort.allowEntry()
    this.#locate(entry, () => this.#apply(entry))
    this.entries++
  }

  write(bytes: Uint8Array): void {
    const open = this.#open
    if (open !== undefined) this.#locate(open, () => open.content.write(bytes))
  }

  end(): void {
    const open = this.#open
    if (open === undefined) return
    this.#open = undefined
    this.#locate(open, () => this.#finish(open))
  }

  /** Closes a file that was not written to its end. */
  close(): void {
    if (this.#open !== undefined) this.#calls.close(this.#open.file)
    this.#open = undefined
  }

  #finish({ file, at, name, attributes, content }: Open): void {
    try {
      const sum = content.end()
      this.#metadata.setOfFile(file, attributes)
      setSum(at, name, sum)
    } finally {
      this.#calls.close(file)
    }
  }

  #locate(entry: { attributes: Attributes }, work: () => void): void {
    try {
      work()
    } catch (error) {
      throw during(shown(entry.attributes.path), error)
    }
  }

  #apply(entry: LayerEntry): void {
    const { attributes } = entry
    const names = namesIn(attributes.path)
    const name = names.pop()
    if (name === undefined) {
      this.#applyRoot(attributes)
      return
    }
    const meaning = meaningOf([...names, name], attributes.path)
    if (meaning.kind === 'object') this.#place(entry, this.#parentAt(names), name)
    else if (meaning.kind === 'of aufs') this.#keepForLinks(entry, [...names, name])
    else if (this.#layer > 0) {
      this.#places.forget()
      const directory = this.#walker.find(names)
      if (directory === undefined) return
      if (meaning.kind === 'removes') this.#whiteouts.remove(directory, meaning.name, this.#layer)
      else this.#whiteouts.empty(directory, this.#layer)
    }
  }

  #keepForLinks(entry: LayerEntry, names: readonly Name[]): void {
    const { path, kind } = entry.attributes
    this.#rights.oddities.add('aufs file', shown(path))
    const kept = kind === 'directory' ? undefined : this.#pseudoLinks.keep(names)
    const name = kept?.pop()
    if (kept !== undefined && name !== undefined) this.#place(entry, this.#parentAt(kept), name)
  }

  #applyRoot(attributes: Attributes): void {
    if (attributes.kind !== 'directory') {
      throw new ImageError('UNSAFE', 'the root of a layer is no directory', { found: attributes.kind })
    }
    this.#directories.root.attributes = attributes
  }

  /** Returns the directory that an entry of this layer goes into. */
  #parentAt(names: readonly Name[]): Directory {
    const directory = this.#places.directoryAt(names)
    this.#whiteouts.touch(directory, this.#layer)
    return directory
  }

  #place(entry: LayerEntry, at: Directory, name: Name): void {
    const { attributes } = entry
    const { kind } = attributes
    if (kind === 'directory') this.#placeDirectory(attributes, at, name)
    else if (kind === 'hardlink') this.#placeLink(attributes, at, name)
    else {
      this.#places.clearDirectory(at, name)
      this.#whiteouts.written(at, name, this.#layer)
      if (kind === 'file') this.#openFile(entry, at, name)
      else if (kind === 'symlink') this.#placeSymlink(attributes, at, name)
      else this.#placeNode(entry, at, { name, kind })
    }
  }

  #placeSymlink(attributes: Attributes, at: Directory, name: Name): void {
    this.#places.fill(at, name, (file) => this.#calls.makeSymlink(attributes.target, file, name))
    this.#metadata.setOfName(this.#directories.fileOf(at), name, attributes)
  }

  #openFile(entry: LayerEntry, at: Directory, name: Name, attributes = entry.attributes): void {
    const mode = this.#metadata.firstMode(attributes)
    const file = this.#places.fill(at, name, (directory) => this.#calls.makeFile(directory, name, mode))
    const content = new Content(this.#calls, file, { entry, isSummed: this.#options.isSummed })
    this.#open = { file, at, name, attributes, content }
  }

  /** Makes a special file; for a user who may not make devices, an empty file that nobody may read. */
  #placeNode(entry: LayerEntry, at: Directory, { name, kind }: { name: Name; kind: SpecialFile['kind'] }): void {
    const { attributes } = entry
    const { mode, device, path } = attributes
    const { owners, oddities } = this.#rights
    const isReplaced = owners.isRootless && kind !== 'fifo'
    if (isReplaced || this.#calls.lacks.has('devices')) oddities.add('device left out', shown(path))
    if (isReplaced) this.#openFile({ ...entry, size: 0 }, at, name, { ...attributes, kind: 'file', mode: 0 })
    else if (this.#calls.lacks.has('devices')) this.#places.clear(at, name)
    else {
      if (kind === 'character' && device.major + device.minor === 0) oddities.add('device for overlays', shown(path))
      this.#places.fill(at, name, (file) => this.#calls.makeNode(file, name, { kind, mode, ...device }))
      this.#metadata.setOfName(this.#directories.fileOf(at), name, attributes)
    }
  }

  #placeDirectory(attributes: Attributes, at: Directory, name: Name): void {
    const directory =
      this.#directories.childOf(at, name) ?? this.#linkedDirectory(at, name) ?? this.#newDirectory(at, name)
    directory.attributes = attributes
    this.#whiteouts.touch(directory, this.#layer)
  }

  #newDirectory(at: Directory, name: Name): Directory {
    this.#places.fill(at, name, (file) => this.#calls.makeDirectory(file, name))
    return this.#directories.add(at, name)
  }

  /** Returns the directory that a link of this name leads to, if such links are to stay. */
  #linkedDirectory(at: Directory, name: Name): Directory | undefined {
    if (!this.#options.keepsDirectoryLinks) return undefined
    if (this.#calls.look(this.#directories.fileOf(at), name)?.kind !== 'symlink') return undefined
    return this.#walker.findIfAny([...pathOf(at), name])
  }

  #placeLink({ target }: Attributes, at: Directory, name: Name): void {
    const names = this.#pseudoLinks.find(namesIn(target))
    const [walker, directories, calls] = [this.#walker, this.#directories, this.#calls]
    const from = findTarget(names, { walker, directories, calls, target })
    this.#whiteouts.written(at, name, this.#layer)
    if (from.directory === at && from.name === name) return
    this.#places.clearDirectory(at, name)
    // What was removed may have held the target.
    if (!from.directory.isThere) throw noTarget(target)
    this.#places.fill(at, name, () => {
      const [fromFile, file] = directories.filesOf(from.directory, at)
      calls.makeLink(fromFile, from.name, file, name)
    })
    setSum(at, name, from.directory.sums?.get(from.name))
  }
}

function setSum(directory: Directory, name: Name, sum: string | undefined): void {
  if (sum === undefined) return
  directory.sums ??= new Map()
  directory.sums.set(name, sum)
}
