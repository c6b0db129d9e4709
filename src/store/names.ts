import { ImageError } from '../spec/errors.js'
import type { Descriptor } from '../spec/parse.js'
import { isBareTag, parseName, repositoryOf, tagOf } from '../spec/reference.js'

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
 * The full name of an index entry: what it states, or, if it states a tag alone, that tag of `repository`. Where its two
 * annotations disagree, ref.name is right: it is what tools change that know no other, and copy the rest along.
 * Undefined for an untagged image, also if what is stated is empty, as it is to engines; a name that is no docker
 * reference is returned as it stands.
 */
export function nameOf(entry: Descriptor, repository: string | undefined): string | undefined {
  const { [IMAGE_NAME]: stated = '', [REF_NAME]: ref = '' } = entry.annotations ?? {}
  if (stated === '') return ref === '' ? undefined : nameBy(ref, repository)
  const legal = legalName(stated)
  const full = legal ?? stated
  if (ref === '' || agrees(full, ref) || agrees(stated, ref)) return full
  return nameBy(ref, legal === undefined ? repository : repositoryOf(legal))
}

function nameBy(ref: string, repository: string | undefined): string {
  if (!isBareTag(ref)) return legalName(ref) ?? ref
  return (repository === undefined ? undefined : legalName(`${repository}:${ref}`)) ?? ref
}

/** True of the name itself in any form, and of its end: without the registry, or a tag, a digest, or both. */
function agrees(name: string, ref: string): boolean {
  const isEnd = name.endsWith(ref) && (ref.startsWith('@') || /[/:]/.test(name.charAt(name.length - ref.length - 1)))
  return name === ref || isEnd || (!isBareTag(ref) && legalName(ref) === name)
}

/** The entry with both annotations saying what {@link nameOf} says, if they disagree; else undefined. */
export function settled(entry: Descriptor): Descriptor | undefined {
  const { [IMAGE_NAME]: stated, [REF_NAME]: ref } = entry.annotations ?? {}
  const name = nameOf(entry, undefined)
  if (stated === undefined || ref === undefined || name === undefined) return undefined
  if (name === (legalName(stated) ?? stated)) return undefined
  if (legalName(name) === name) return named(entry, name)
  const { annotations } = unnamed(entry)
  return { ...entry, annotations: { ...annotations, [REF_NAME]: ref } }
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
