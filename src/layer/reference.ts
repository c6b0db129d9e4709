import { isDigest } from '../spec/digest.js'
import type { Descriptor } from '../spec/parse.js'

/**
 * What a descriptor claims to be to other content, in Docker's words (BuildKit, docs/attestations/attestation-storage.md).
 * Whoever wrote the index wrote the claim, so that it decides nothing alone: role.ts says what it is worth.
 */
export interface Reference {
  /** True if it says that it is an attestation, and of what. */
  attests: boolean
  /** True if anything of it is there: each part alone is enough for some tools to pass over the content. */
  isThere: boolean
  /** What it refers to, as it stands. */
  digest: string | undefined
}

const TYPE = 'vnd.docker.reference.type'
const DIGEST = 'vnd.docker.reference.digest'

/** The claim of a descriptor. */
export function referenceOf({ annotations }: Descriptor): Reference {
  const [type, digest] = [annotations?.[TYPE], annotations?.[DIGEST]]
  return {
    attests: type === 'attestation-manifest' && digest !== undefined && isDigest(digest),
    isThere: type !== undefined || digest !== undefined,
    digest,
  }
}

/** The descriptor referring to the same content as before, where that was rewritten; true or false, it stays a claim. */
export function following(descriptor: Descriptor, documents: ReadonlyMap<string, Descriptor>): Descriptor {
  const { annotations } = descriptor
  const now = documents.get(annotations?.[DIGEST] ?? '')
  return now === undefined ? descriptor : { ...descriptor, annotations: { ...annotations, [DIGEST]: now.digest } }
}
