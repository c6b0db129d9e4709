import { listShort, quoted } from '../spec/cut.js'
import { ImageError } from '../spec/errors.js'
import type { Descriptor } from '../spec/parse.js'
import { isBareTag, parseName, repositoryOf } from '../spec/reference.js'
import { legalName, named, nameOf, unnamed } from '../store/names.js'
import type { NamedEntry, Stored } from './stored.js'

/** The names of an image at the destination. */
export interface NewNames {
  /** They replace its own names. */
  tags: readonly string[]
  /** They are added to its names. */
  addTags: readonly string[]
  /** Repository for a tag if the image has no name; undefined if nothing states it. */
  repository: string | undefined
}

/**
 * Returns index entries of the images, under their own names or new ones.
 * @throws ImageError USAGE for new names of several images, or illegal ones
 */
export function rename(images: readonly Stored[], { tags, addTags, repository }: NewNames): NamedEntry[] {
  if (tags.length + addTags.length === 0)
    return images.flatMap(({ entries, from }) => entries.map((entry) => ({ entry, from })))
  const subjects = images.filter(({ isReferrer }) => !isReferrer)
  const chosen = subjects.length === 0 ? images.filter(({ cameAlong }) => !cameAlong) : subjects
  if (chosen.length === 0 || new Set(chosen.map(sameName)).size > 1) {
    throw new ImageError('USAGE', 'a new name can only be given to one image', {
      found: `${chosen.length} images: ${listShort(chosen.map(({ label }) => label))}`,
      hint: 'choose one with --image',
    })
  }
  const renamed = new Set(chosen)
  return images.flatMap((image) => {
    const { entries, from } = image
    return renamed.has(image)
      ? renameOne(image, { tags, addTags, repository })
      : entries.map((entry) => ({ entry, from }))
  })
}

/** Returns a key: images of one name are one image to the user, as the platforms of a flat index. */
function sameName({ label, entries }: Stored): string {
  return JSON.stringify(entries.map((entry) => nameOf(entry, undefined) ?? label))
}

function renameOne({ entries, from }: Stored, { tags, addTags, repository }: NewNames): NamedEntry[] {
  const [first] = entries
  if (first === undefined) return []
  const own = ownRepository(first) ?? repository
  const renamed = (texts: readonly string[]) =>
    [...new Set(texts.map((text) => newName(text, own)))].map((name) => named(unnamed(first), name))
  if (tags.length > 0) return renamed([...tags, ...addTags]).map((entry) => ({ entry, from }))
  const kept = entries.filter((entry) => nameOf(entry, repository) !== undefined)
  const added = renamed(addTags).filter((entry) =>
    kept.every((one) => nameOf(one, repository) !== nameOf(entry, repository)),
  )
  return [...kept, ...added].map((entry) => ({ entry, from }))
}

function ownRepository(entry: Descriptor): string | undefined {
  const name = nameOf(entry, undefined)
  const full = name === undefined || isBareTag(name) ? undefined : legalName(name)
  return full === undefined ? undefined : repositoryOf(full)
}

function newName(text: string, repository: string | undefined): string {
  if (repository === undefined && isBareTag(text)) {
    throw new ImageError('USAGE', 'a tag alone is not a name, and the image has no name', {
      found: quoted(text),
      hint: 'give a whole name, like app:v1',
    })
  }
  try {
    return parseName(isBareTag(text) ? `${repository}:${text}` : text)
  } catch (error) {
    if (!(error instanceof ImageError)) throw error
    throw new ImageError('USAGE', error.message, { cause: error })
  }
}
