import { INDEX_ORDER } from '../../spec/goOrder.js'
import { jsonText } from '../../spec/json/canonical.js'
import { textOf } from '../../spec/json/goText.js'
import { joinItems, RawObject, rawItems } from '../../spec/json/rawObject.js'
import { OCI_INDEX } from '../../spec/mediaTypes.js'
import { type Descriptor, parseIndex } from '../../spec/parse.js'
import { descriptorText, printDescriptor } from '../descriptorText.js'

/** An entry of an index, as it stands there. */
export interface IndexEntry {
  descriptor: Descriptor
  text: string
}

/** An index without entries, as umoci writes it. */
const EMPTY = Buffer.from(`{"schemaVersion":2,"mediaType":"${OCI_INDEX}","manifests":[]}\n`)

/** The index.json of a layout, to edit. */
export class IndexFile {
  readonly entries: readonly IndexEntry[]
  readonly #object: RawObject

  /**
   * @param bytes of the file; undefined if there is none yet
   * @throws ImageError FORMAT, UNSAFE
   */
  constructor(bytes: Buffer | undefined, where: string) {
    const { manifests } = parseIndex(bytes ?? EMPTY, where)
    this.#object = RawObject.struct(textOf(bytes ?? EMPTY), INDEX_ORDER)
    const texts = rawItems(this.#object.get('manifests') ?? '[]')
    this.entries = (manifests ?? []).map((descriptor, at) => ({ descriptor, text: texts[at] ?? '' }))
  }

  /** Returns the file with other entries. Everything else stays; fields that every index has are added. */
  with(entries: readonly IndexEntry[]): Buffer {
    if (this.#object.get('schemaVersion') === undefined) this.#object.set('schemaVersion', '2')
    if (this.#object.get('mediaType') === undefined) this.#object.set('mediaType', jsonText(OCI_INDEX))
    this.#object.set('manifests', joinItems(entries.map(({ text }) => text)))
    return Buffer.from(this.#object.toString())
  }
}

/** Returns the entry with another descriptor; what that does not change keeps its spelling. */
export function changedEntry({ text, descriptor }: IndexEntry, next: Descriptor): IndexEntry {
  return { text: descriptorText(text, descriptor, next), descriptor: next }
}

/** Returns the entry of a new descriptor. */
export function newEntry(descriptor: Descriptor): IndexEntry {
  return { text: printDescriptor(descriptor), descriptor }
}
