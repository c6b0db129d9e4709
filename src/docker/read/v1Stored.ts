import type { Archive } from '../../archive/archive.js'
import { DOCUMENT_LIMIT, parseDockerV1Layer } from '../../spec/parse.js'
import { historyOfV1 } from './v1Config.js'

/** A `json` up to this size is held after the first read; a longer one is read again when it is needed. */
const SMALL = 16 * 1024

/** A step of an image's history, as its layer states it. */
export interface V1Step {
  created: string | null
  createdBy: string | null
  comment: string | null
}

/** A v1 layer in the archive. Holds only those parts of its file `json` that an image needs. */
export class V1Stored {
  readonly id: string
  readonly #archive: Archive
  #small: Buffer | undefined
  #history: Promise<string> | undefined
  #step: Promise<V1Step> | undefined

  /** @param json content of its file `json` */
  constructor(id: string, json: Buffer, archive: Archive) {
    this.id = id
    this.#archive = archive
    if (json.length > SMALL) return
    archive.context.budget.documents.take(json.length)
    this.#small = json
  }

  /** Path of its `layer.tar`. */
  get path(): string {
    return `${this.id}/layer.tar`
  }

  /** Path of its file `json`. */
  get where(): string {
    return `${this.id}/json`
  }

  /** Returns the content of its file `json`. */
  async json(): Promise<Buffer> {
    return this.#small ?? (await this.#archive.read(this.where, DOCUMENT_LIMIT)) ?? Buffer.alloc(0)
  }

  /**
   * Returns its history entry in the config that Docker makes.
   * @throws ImageError FORMAT for a json that Docker could not read
   */
  history(): Promise<string> {
    this.#history ??= this.#readHistory()
    return this.#history
  }

  /** Returns the step that made it, as its `json` states it. */
  step(): Promise<V1Step> {
    this.#step ??= this.#readStep()
    return this.#step
  }

  async #readHistory(): Promise<string> {
    const history = historyOfV1(await this.json(), this.where)
    this.#archive.context.budget.documents.take(history.length)
    return history
  }

  async #readStep(): Promise<V1Step> {
    const { created, comment, container_config: container } = parseDockerV1Layer(await this.json(), this.where)
    const command = container?.Cmd ?? []
    const createdBy = typeof command === 'string' ? command : command.join(' ')
    const step = { created: created ?? null, createdBy: createdBy || null, comment: comment || null }
    this.#archive.context.budget.documents.take(sizeOfStep(step))
    return step
  }
}

/** Returns the approximate size of a step in bytes. */
export function sizeOfStep({ created, createdBy, comment }: V1Step): number {
  return (created ?? '').length + (createdBy ?? '').length + (comment ?? '').length
}

/** An image of an archive without manifest.json. Its config is not in the archive; it is made from the layers. */
export interface V1Image {
  /** Full names, in order, each once. */
  names: string[]
  /** Bottom first. */
  layers: V1Stored[]
}
