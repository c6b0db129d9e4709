import { ImageError } from '../spec/errors.js'
import type { MtreeType } from './mtree.js'

/** Limits of Linux. */
const MOST_OF_NAME = 255
const MOST_OF_PATH = 4095

/** Directories of an mtree file that are open, and the names in each of them. */
export class MtreeTree {
  readonly #open: { path: Buffer | undefined; names: Set<string> }[] = []
  #isRooted = false

  /**
   * Adds an entry to the innermost directory. Returns its path.
   * @throws ImageError UNSAFE, FORMAT
   */
  add(name: Buffer, type: MtreeType, where: string): Buffer {
    const path = this.#isRooted ? this.#pathOf(name, where) : rootPath(name, type, where)
    if (type === 'dir') this.#open.push({ path: this.#isRooted ? path : undefined, names: new Set() })
    this.#isRooted = true
    return path
  }

  /** Leaves the innermost directory. @throws ImageError FORMAT above the root */
  leave(where: string): void {
    if (this.#open.pop() === undefined) throw new ImageError('FORMAT', 'a line leads out of the root', { where })
  }

  /** @throws ImageError FORMAT unless the root was left */
  end(where: string): void {
    if (this.#isRooted && this.#open.length === 0) return
    throw new ImageError('FORMAT', 'the mtree file is not complete', { where })
  }

  #pathOf(name: Buffer, where: string): Buffer {
    const directory = this.#open.at(-1)
    if (directory === undefined) throw new ImageError('FORMAT', 'an entry is outside of the root', { where })
    assertName(name, where)
    const key = name.toString('latin1')
    if (directory.names.has(key)) throw new ImageError('FORMAT', 'a directory has two files of one name', { where })
    directory.names.add(key)
    const path = directory.path === undefined ? name : Buffer.concat([directory.path, SLASH, name])
    if (path.length > MOST_OF_PATH) throw new ImageError('UNSAFE', 'a path is too long', { where })
    return path
  }
}

const SLASH = Buffer.from('/')

function rootPath(name: Buffer, type: MtreeType, where: string): Buffer {
  if (type === 'dir' && name.equals(ROOT)) return name
  throw new ImageError('FORMAT', 'the first entry of an mtree file is not its root', { where })
}

const ROOT = Buffer.from('.')

function assertName(name: Buffer, where: string): void {
  const isStep = name.equals(ROOT) || name.equals(Buffer.from('..'))
  if (!isStep && name.length > 0 && name.length <= MOST_OF_NAME && !name.includes('/') && !name.includes(0)) return
  throw new ImageError('UNSAFE', 'the name of an entry is not the name of a file', { where })
}
