import type { Descriptor } from '../spec/parse.js'

/** An image that is in the sink, not yet in its index. */
export interface Stored {
  /** For messages. */
  label: string
  /** Its index entries, one for each name, or one without a name. */
  entries: Descriptor[]
  /** Digest of the manifest or index that it had in the source; null where it had none. */
  from: string | null
  /** Whether it is about another, and keeps its own name whatever that is called. */
  isReferrer: boolean
  /** Whether it was not chosen itself, and goes with another. */
  cameAlong: boolean
}

/** An index entry to be, and what it was in the source. */
export interface NamedEntry {
  entry: Descriptor
  from: string | null
}
