import type { Descriptor, Index } from '../spec/parse.js'
import { printPlatform } from '../spec/platform.js'
import { familiarName } from '../spec/reference.js'
import type { Warn } from '../spec/warnings.js'
import { IMAGE_NAME, nameOf, REF_NAME } from './names.js'

/** Told when a newcomer gets its familiar name for a ref.name, since its tag is taken by another image. */
type OnTaken = (entry: Descriptor) => void

/** Tells of a newcomer that could not have its tag for a ref.name. */
export function warnOfTaken({ annotations }: Descriptor, warn: Warn): void {
  const message = `another image has its tag as ref.name; its own is its name, ${annotations?.[REF_NAME]}`
  warn({ code: 'REF_NAME_TAKEN', message, where: familiarName(annotations?.[IMAGE_NAME] ?? '') })
}

interface MergeOptions {
  /** What a bare tag is a tag of: the layout's directory name. */
  repository: string | undefined
  onTaken: OnTaken
}

/**
 * Adds entries to an index. A name that the index has moves to the newcomer: the old entry goes. Entries that stay are
 * not touched. An untagged image that is there already is not added again.
 */
export function mergeEntries(
  current: Index,
  newcomers: readonly Descriptor[],
  { repository, onTaken }: MergeOptions,
): Index {
  const name = (entry: Descriptor) => nameOf(entry, repository)
  const moved = new Set(newcomers.flatMap((entry) => name(entry) ?? []))
  const staying = (current.manifests ?? []).filter((entry) => !moved.has(name(entry) ?? ''))
  const merged = [...staying]
  for (const newcomer of newcomers) {
    if (name(newcomer) === undefined && merged.some(({ digest }) => digest === newcomer.digest)) continue
    const isTaken = merged.some((other) => takes(other, newcomer) && name(other) !== name(newcomer))
    const entry = isTaken ? withFamiliarRef(newcomer, name(newcomer) ?? '') : newcomer
    if (isTaken) onTaken(entry)
    if (!merged.some((other) => isSame(other, entry))) merged.push(entry)
  }
  return { ...current, manifests: inPlace(current, merged, name) }
}

/** Whether the ref.name that the newcomer wants is another image's. */
function takes(other: Descriptor, newcomer: Descriptor): boolean {
  const ref = newcomer.annotations?.[REF_NAME]
  return ref !== undefined && other.annotations?.[REF_NAME] === ref && other.digest !== newcomer.digest
}

function withFamiliarRef(entry: Descriptor, fullName: string): Descriptor {
  return { ...entry, annotations: { ...entry.annotations, [REF_NAME]: familiarName(fullName) } }
}

function isSame(a: Descriptor, b: Descriptor): boolean {
  return (
    a.digest === b.digest &&
    a.annotations?.[IMAGE_NAME] === b.annotations?.[IMAGE_NAME] &&
    a.annotations?.[REF_NAME] === b.annotations?.[REF_NAME] &&
    printPlatform(a.platform) === printPlatform(b.platform)
  )
}

/** Puts entries whose name was there before where it was; the others follow. */
function inPlace(current: Index, merged: Descriptor[], name: (entry: Descriptor) => string | undefined): Descriptor[] {
  const positions = new Map((current.manifests ?? []).map((entry, at) => [name(entry) ?? entry.digest, at]))
  const position = (entry: Descriptor) => positions.get(name(entry) ?? entry.digest) ?? positions.size
  return merged
    .map((entry, at) => ({ entry, at }))
    .sort((a, b) => position(a.entry) - position(b.entry) || a.at - b.at)
    .map(({ entry }) => entry)
}
