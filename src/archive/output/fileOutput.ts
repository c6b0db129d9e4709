import { lstatSync } from 'node:fs'
import { type FileHandle, link, open, rename } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { type Bytes, single } from '../../bytes/bytes.js'
import { mapParallel } from '../../bytes/mapParallel.js'
import { compress } from '../../compression/codecs.js'
import { syncDirectory } from '../../io/files.js'
import { FileWriter } from '../../io/fileWriter.js'
import { HeldDirectory } from '../../io/heldDirectory.js'
import type { Compression } from '../../spec/compression.js'
import { ImageError, isSystemError } from '../../spec/errors.js'
import { openStaging } from '../../store/layout/openStaging.js'
import { ARCHIVE } from '../../store/layout/ownNames.js'
import type { Folder } from '../../store/layout/stagedBlobs.js'
import type { Staging } from '../../store/layout/staging.js'
import { END, runsOf, type TarSource, wholeTar, writeTar } from '../../tar/write.js'
import type { Output } from './output.js'

/** Settings for writing an archive file. */
export interface FileOutputOptions {
  /** Compression of the whole archive. */
  compression: Compression
  /** True if an existing file may be replaced. */
  force: boolean
  /** Permissions of the file; default permissions if absent. */
  mode?: number
  jobs: number
  signal?: AbortSignal
}

/** Opens an archive file for writing. The file gets its name once it is whole. */
export async function openFileOutput(path: string, options: FileOutputOptions): Promise<Output> {
  const staging = await openStaging(HeldDirectory.open(dirname(path)))
  try {
    const file = await open(staging.directory.at(ARCHIVE), 'wx', 0o644)
    if (options.mode !== undefined) await file.chmod(options.mode)
    return new FileOutput(path, { ...options, staging, file })
  } catch (error) {
    await staging[Symbol.asyncDispose]()
    throw error
  }
}

/** Returns the refusal to replace a file. */
export function existsAlready(path: string): ImageError {
  return new ImageError('EXISTS', 'the destination exists already', { where: path, hint: '--force replaces it' })
}

class FileOutput implements Output {
  bytesWritten = 0
  readonly canRewrite: boolean
  readonly #path: string
  readonly #staging: Staging
  readonly #file: FileHandle
  readonly #options: FileOutputOptions

  constructor(path: string, options: FileOutputOptions & { staging: Staging; file: FileHandle }) {
    this.#path = path
    this.#staging = options.staging
    this.#file = options.file
    this.#options = options
    this.canRewrite = options.compression === 'none'
  }

  spool(): Promise<Folder> {
    return Promise.resolve(this.#staging.directory)
  }

  async write(entries: readonly TarSource[]): Promise<void> {
    if (this.#options.compression === 'none') await this.#writeRuns(entries)
    else await this.writeTar(wholeTar(entries))
  }

  async writeTar(tar: Bytes): Promise<void> {
    const { compression } = this.#options
    await this.#writeAt(0, compression === 'none' ? tar : compress(tar, compression, this.#options))
  }

  async commit(): Promise<void> {
    await this.#file.sync()
    this.#options.signal?.throwIfAborted()
    const { directory, parent } = this.#staging
    const [archive, final] = [directory.at(ARCHIVE), parent.at(basename(this.#path))]
    if (this.#options.force) await rename(archive, final)
    else await renameNew(archive, final, this.#path)
    await syncDirectory(parent.at())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
    await this.#staging[Symbol.asyncDispose]()
  }

  /** Writes runs in parallel, since each has a fixed position. */
  async #writeRuns(entries: readonly TarSource[]): Promise<void> {
    const { runs, length } = runsOf(entries)
    await this.#file.truncate(0)
    await mapParallel(runs, this.#options.jobs, {
      sizeOf: ({ length: own }) => own,
      work: ({ offset, entries: own }) => this.#writeAt(offset, writeTar(own, offset)),
    })
    await this.#writeAt(length, single(END))
  }

  async #writeAt(offset: number, bytes: Bytes): Promise<void> {
    const writer = new FileWriter(this.#file.fd, { position: offset, lasts: true })
    try {
      for await (const chunk of bytes) {
        this.#options.signal?.throwIfAborted()
        await writer.write(chunk)
        this.bytesWritten += chunk.length
      }
      await writer.end()
    } finally {
      await writer.close()
    }
  }
}

/** Gives a file a name that must be free, in one step if the file system has hard links. */
async function renameNew(from: string, to: string, where: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) throw existsAlready(where)
    if (!isSystemError(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error
    if (lstatSync(to, { throwIfNoEntry: false }) !== undefined) throw existsAlready(where)
    await rename(from, to)
  }
}
