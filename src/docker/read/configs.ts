import type { Archive } from '../../archive/archive.js'
import type { Sum } from '../../spec/claim.js'
import { digestOf } from '../../spec/digest.js'
import { JSONDocument } from '../../spec/documents.js'
import { ImageError } from '../../spec/errors.js'
import { CONFIG_LIMIT, type ImageConfig } from '../../spec/parse.js'
import type { TarEntry } from '../../tar/entry.js'

/** A config in the archive: its sum, and its content or the reason why it cannot be read. */
interface ReadConfig {
  sum: Sum
  outcome: { bytes: Buffer; parsed: ImageConfig } | { failure: unknown }
}

/**
 * The configs of an archive. Each is read, parsed and held once, however often and under whatever paths it is named.
 */
export class Configs {
  readonly #archive: Archive
  readonly #read = new Map<TarEntry, Promise<ReadConfig>>()

  constructor(archive: Archive) {
    this.#archive = archive
  }

  /** @throws ImageError NOT_FOUND; UNSUPPORTED for a config that is too large; UNSAFE if there are too many to hold */
  async read(path: string): Promise<ReadConfig> {
    const member = await this.#archive.find(path)
    if (member === undefined) {
      throw new ImageError('NOT_FOUND', 'the config is not in the archive', { where: path })
    }
    const read = this.#read.get(member) ?? this.#readMember(member, path)
    this.#read.set(member, read)
    return read
  }

  async #readMember(member: TarEntry, path: string): Promise<ReadConfig> {
    const { documents } = this.#archive.context
    const bytes = await this.#archive.readMember(member, { limit: CONFIG_LIMIT, where: path })
    const sum = { digest: digestOf(bytes), size: bytes.length }
    const document = documents.get(sum.digest) ?? new JSONDocument(sum.digest, bytes)
    try {
      const parsed = document.config(path)
      return { sum, outcome: { bytes: documents.keep(document).bytes, parsed } }
    } catch (failure) {
      if (!(failure instanceof ImageError) || documents.isFull) throw failure
      return { sum, outcome: { failure } }
    }
  }
}
