import { ImageError } from '../spec/errors.js'
import type { Descriptor } from '../spec/parse.js'
import { isBareTag, parseName, tagOf } from '../spec/reference.js'

/** Carries an image's full name in an index (containerd, images/annotations.go). */
export const IMAGE_NAME = 'io.containerd.image.name'
/** Carries an image's tag, or another short name, in an index (OCI image-spec, annotations.md). */
export const REF_NAME = 'org.opencontainers.image.ref.name'

/** The descriptor of an image under a full name, as Docker writes it: annotations sorted. As it is, if it has that name. */
export function named(descriptor: Descriptor, fullName: string): Descriptor {
  const { annotations, ...rest } = descriptor
  const tag = tagOf(fullName)
  if (annotations?.[IMAGE_NAME] === fullName && annotations[REF_NAME] === tag) return descriptor
  const all = Object.entries({ ...annotations, [IMAGE_NAME]: fullName, [REF_NAME]: tag })
  return { ...rest, annotations: Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1))) }
}

/** The descriptor of an image without a name; other annotations stay. */
export function unnamed(descriptor: Descriptor): Descriptor {
  const { annotations, ...rest } = descriptor
  const kept = Object.entries(annotations ?? {}).filter(([name]) => name !== IMAGE_NAME && name !== REF_NAME)
  return kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) }
}

/**
 * The full name of an index entry: what it states, or, if it states a tag alone, that tag of `repository`.
 * Undefined for an untagged image; a name that is no docker reference is returned as it stands.
 */
export function nameOf(entry: Descriptor, repository: string | undefined): string | undefined {
  const full = entry.annotations?.[IMAGE_NAME]
  if (full !== undefined) return legalName(full) ?? full
  const ref = entry.annotations?.[REF_NAME]
  if (ref === undefined) return undefined
  if (!isBareTag(ref)) return legalName(ref) ?? ref
  return (repository === undefined ? undefined : legalName(`${repository}:${ref}`)) ?? ref
}

/** A text as a full name; undefined if it is none. */
export function legalName(text: string): string | undefined {
  try {
    return parseName(text)
  } catch (error) {
    if (error instanceof ImageError) return undefined
    throw error
  }
}
