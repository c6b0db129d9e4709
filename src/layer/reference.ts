import { isDigest } from '../spec/digest.js'
import type { Descriptor } from '../spec/parse.js'
import { IMAGE_NAME, REF_NAME } from '../store/names.js'

/**
 * What a descriptor claims to be to other content, in Docker's words (BuildKit, docs/attestations/attestation-storage.md)
 * or containerd's (of what Docker >= 29.1 saves with an image).
 * Whoever wrote the index wrote the claim, so that it decides nothing alone: role.ts says what it is worth.
 */
export interface ReferenceClaim {
  /** True if it says that it is an attestation, and of what. */
  attests: boolean
  /** True if anything of it is there: each part alone is enough for some tools to pass over the content. */
  isThere: boolean
  /** What it refers to, as it stands. */
  digest: string | undefined
}

const TYPE = 'vnd.docker.reference.type'
const DIGEST = 'vnd.docker.reference.digest'
const SUBJECT = 'io.containerd.manifest.subject'

/** The claim of a descriptor. */
export function referenceOf({ annotations }: Descriptor): ReferenceClaim {
  const { [TYPE]: type, [DIGEST]: digest, [SUBJECT]: subject } = annotations ?? {}
  return {
    attests: type === 'attestation-manifest' && digest !== undefined && isDigest(digest),
    isThere: type !== undefined || digest !== undefined || subject !== undefined,
    digest: digest ?? subject ?? digestInTag(annotations?.[REF_NAME]),
  }
}

/**
 * Tags by which registries that know no subjects list what is about a manifest (OCI distribution-spec, referrers tag
 * schema); those of cosign have an ending, like `.sig`.
 */
const TAG = /(?<=^|:)(sha256|sha512)-([0-9a-f]{64,128})(?=\.[a-z]+$|$)/

/** The digest in the tag of what is about it. */
export function digestInTag(tag = ''): string | undefined {
  const [, algorithm, hex] = TAG.exec(tag) ?? []
  return hex === undefined ? undefined : `${algorithm}:${hex}`
}

/** Digests of what a descriptor refers to, in any of its annotations. */
export function referredIn({ annotations }: Descriptor): string[] {
  const { [DIGEST]: digest, [SUBJECT]: subject, [REF_NAME]: ref, [IMAGE_NAME]: name } = annotations ?? {}
  return [digest, subject, digestInTag(ref), digestInTag(name)].filter((one) => one !== undefined)
}

/** The descriptor referring to the same content as before, where that was rewritten; true or false, it stays a claim. */
export function following(descriptor: Descriptor, documents: ReadonlyMap<string, Descriptor>): Descriptor {
  const changed = Object.entries(descriptor.annotations ?? {}).flatMap(([name, value]) => {
    const now = nowOf(name, value, documents)
    return now === undefined ? [] : [[name, now]]
  })
  if (changed.length === 0) return descriptor
  return { ...descriptor, annotations: { ...descriptor.annotations, ...Object.fromEntries(changed) } }
}

/** What an annotation is now if it names what was rewritten. */
function nowOf(name: string, value: string, documents: ReadonlyMap<string, Descriptor>): string | undefined {
  if (name === DIGEST || name === SUBJECT) return documents.get(value)?.digest
  if (name !== REF_NAME && name !== IMAGE_NAME) return undefined
  const now = documents.get(digestInTag(value) ?? '')?.digest
  return now === undefined ? undefined : value.replace(TAG, now.replace(':', '-'))
}
