import { isDigest } from '../spec/digest.js'
import type { Descriptor } from '../spec/parse.js'
import { IMAGE_NAME, REF_NAME } from '../store/names.js'

/**
 * The reference to other content that a descriptor claims, in Docker's annotations (BuildKit,
 * docs/attestations/attestation-storage.md) or in containerd's (on content that Docker >= 29.1 saves with an image).
 * The writer of the index also wrote the claim, so it decides nothing alone: see role.ts.
 */
export interface ReferenceClaim {
  /** True if it states that it is an attestation, and of which content. */
  attests: boolean
  /** True if any part of the claim is present: some tools skip the content for any one of them. */
  isThere: boolean
  /** The digest that it refers to, as it stands. */
  digest: string | undefined
}

const TYPE = 'vnd.docker.reference.type'
const DIGEST = 'vnd.docker.reference.digest'
const SUBJECT = 'io.containerd.manifest.subject'

/** Returns the claim of a descriptor. */
export function referenceOf({ annotations }: Descriptor): ReferenceClaim {
  const { [TYPE]: type, [DIGEST]: digest, [SUBJECT]: subject } = annotations ?? {}
  return {
    attests: type === 'attestation-manifest' && digest !== undefined && isDigest(digest),
    isThere: type !== undefined || digest !== undefined || subject !== undefined,
    digest: digest ?? subject ?? digestInTag(annotations?.[REF_NAME]),
  }
}

/**
 * Matches the tags under which registries without subjects list referrers of a manifest (OCI distribution-spec,
 * referrers tag schema). Those of cosign have an ending, like `.sig`.
 */
const TAG = /(?<=^|:)(sha256|sha512)-([0-9a-f]{64,128})(?=\.[a-z]+$|$)/

/** Returns the digest that a referrer's tag contains. */
export function digestInTag(tag = ''): string | undefined {
  const [, algorithm, hex] = TAG.exec(tag) ?? []
  return hex === undefined ? undefined : `${algorithm}:${hex}`
}

/** Returns the digests that a descriptor's annotations refer to. */
export function referredIn({ annotations }: Descriptor): string[] {
  const { [DIGEST]: digest, [SUBJECT]: subject, [REF_NAME]: ref, [IMAGE_NAME]: name } = annotations ?? {}
  return [digest, subject, digestInTag(ref), digestInTag(name)].filter((one) => one !== undefined)
}

/**
 * Returns the descriptor with its references to rewritten content updated. A claim stays a claim, whether true or
 * false.
 */
export function following(descriptor: Descriptor, documents: ReadonlyMap<string, Descriptor>): Descriptor {
  const changed = Object.entries(descriptor.annotations ?? {}).flatMap(([name, value]) => {
    const now = nowOf(name, value, documents)
    return now === undefined ? [] : [[name, now]]
  })
  if (changed.length === 0) return descriptor
  return { ...descriptor, annotations: { ...descriptor.annotations, ...Object.fromEntries(changed) } }
}

/** Returns the new value of an annotation that names rewritten content; else undefined. */
function nowOf(name: string, value: string, documents: ReadonlyMap<string, Descriptor>): string | undefined {
  if (name === DIGEST || name === SUBJECT) return documents.get(value)?.digest
  if (name !== REF_NAME && name !== IMAGE_NAME) return undefined
  const now = documents.get(digestInTag(value) ?? '')?.digest
  return now === undefined ? undefined : value.replace(TAG, now.replace(':', '-'))
}
