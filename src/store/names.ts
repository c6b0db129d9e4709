import { ImageError } from '../spec/errors.js'
import type { Descriptor } from '../spec/parse.js'
import { isBareTag, parseName, repositoryOf, tagOf } from '../spec/reference.js'

/** The annotation with an image's full name in an index (containerd, images/annotations.go). */
export const IMAGE_NAME = 'io.containerd.image.name'
/** The annotation with an image's tag, or another short name, in an index (OCI image-spec, annotations.md). */
export const REF_NAME = 'org.opencontainers.image.ref.name'

/**
 * Returns an image's descriptor with a full name as Docker writes it: annotations sorted. Unchanged if it has that
 * name.
 */
export function named(descriptor: Descriptor, fullName: string): Descriptor {
  const { annotations, ...rest } = descriptor
  const tag = tagOf(fullName)
  if (annotations?.[IMAGE_NAME] === fullName && annotations[REF_NAME] === tag) return descriptor
  const all = Object.entries({ ...annotations, [IMAGE_NAME]: fullName, [REF_NAME]: tag })
  return { ...rest, annotations: Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1))) }
}

/** Returns an image's descriptor without its name; other annotations stay. */
export function unnamed(descriptor: Descriptor): Descriptor {
  const { annotations, ...rest } = descriptor
  const kept = Object.entries(annotations ?? {}).filter(([name]) => name !== IMAGE_NAME && name !== REF_NAME)
  return kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) }
}

/** What becomes of the name that an entry states for containerd, when it gets another tag. */
export type StatedName = 'follows' | 'stays'

/**
 * Returns an index entry under another tag. A full name that it states becomes that of the tag; one that cannot, goes.
 * It may also stay as it is.
 */
export function retagged(entry: Descriptor, tag: string, statedName: StatedName = 'follows'): Descriptor {
  if (statedName === 'stays') return { ...entry, annotations: { ...entry.annotations, [REF_NAME]: tag } }
  const { [IMAGE_NAME]: stated, ...others } = entry.annotations ?? {}
  const tagged = { ...entry, annotations: { ...others, [REF_NAME]: tag } }
  if (stated === undefined) return tagged
  const next = nameOf({ ...entry, annotations: { [IMAGE_NAME]: stated, [REF_NAME]: tag } }, undefined) ?? tag
  const name = isBareTag(next) ? undefined : legalName(next)
  return name === undefined ? tagged : { ...tagged, annotations: { ...tagged.annotations, [IMAGE_NAME]: name } }
}

/**
 * Returns the full name of an index entry: the name that it states, or, for a tag alone, that tag of `repository`. If
 * its two annotations disagree, ref.name wins: tools that know only ref.name change it, and copy the rest along.
 * Returns undefined for an untagged image, also if the stated name is empty, as engines do. Returns a name that is not
 * a docker reference as it stands.
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

/** True if `ref` is the name in any form, or an end of it: without the registry, or a tag, a digest, or both. */
function agrees(name: string, ref: string): boolean {
  const isEnd = name.endsWith(ref) && (ref.startsWith('@') || /[/:]/.test(name.charAt(name.length - ref.length - 1)))
  return name === ref || isEnd || (!isBareTag(ref) && legalName(ref) === name)
}

/** Returns the entry with both annotations as {@link nameOf} reads them, if they disagree; else undefined. */
export function settled(entry: Descriptor): Descriptor | undefined {
  const { [IMAGE_NAME]: stated, [REF_NAME]: ref } = entry.annotations ?? {}
  const name = nameOf(entry, undefined)
  if (stated === undefined || ref === undefined || name === undefined) return undefined
  if (name === (legalName(stated) ?? stated)) return undefined
  if (legalName(name) === name) return named(entry, name)
  const { annotations } = unnamed(entry)
  return { ...entry, annotations: { ...annotations, [REF_NAME]: ref } }
}

/** Returns a text as a full name; undefined if it is not a legal one. */
export function legalName(text: string): string | undefined {
  try {
    return parseName(text)
  } catch (error) {
    if (error instanceof ImageError) return undefined
    throw error
  }
}
