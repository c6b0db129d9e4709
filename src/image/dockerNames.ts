import { rolesIn } from '../layer/role.js'
import type { Descriptor } from '../spec/parse.js'
import { printNormalised } from '../spec/platform.js'
import type { Warn } from '../spec/warnings.js'
import type { Reader } from '../store/blobs.js'
import { readNode } from '../store/graph.js'
import { legalName, named, nameOf, unnamed } from '../store/names.js'
import { assertNoConflict, type Claimant } from './nameConflicts.js'
import type { NamedEntry } from './stored.js'

interface NamingOptions {
  /** Repository for a tag without one; undefined if nothing states it. */
  repository: string | undefined
  warn: Warn
  pool: Reader
}

/**
 * Returns index entries with names as Docker's archives have them: full names with the tag as ref.name, or none.
 * Entries of other things than images stay as they are.
 * @throws ImageError FORMAT for one name of two images
 */
export async function dockerNames(entries: readonly NamedEntry[], options: NamingOptions): Promise<NamedEntry[]> {
  const renamed: NamedEntry[] = []
  const images: Descriptor[] = []
  const others = new Map<string, Promise<boolean>>()
  for (const { entry, from } of entries) {
    const key = JSON.stringify([entry.digest, entry.size, entry.mediaType])
    const other = others.get(key) ?? isOtherManifest(entry, options.pool)
    others.set(key, other)
    const isOther = await other
    const now = isOther ? entry : dockerName(entry, options)
    renamed.push({ entry: now, from })
    if (!isOther) images.push(now)
  }
  assertNoConflict(images.flatMap(claimantsOf))
  return renamed
}

function claimantsOf(entry: Descriptor): Claimant[] {
  const name = nameOf(entry, undefined)
  return name === undefined ? [] : [{ name, content: entry.digest, platform: printNormalised(entry.platform) }]
}

/** True if the entry's manifest is not an image's. */
async function isOtherManifest(entry: Descriptor, pool: NamingOptions['pool']): Promise<boolean> {
  const node = await readNode(pool, entry)
  return node.kind === 'manifest' && rolesIn([node])(entry).kind !== 'image'
}

function dockerName(entry: Descriptor, { repository, warn }: NamingOptions): Descriptor {
  const name = nameOf(entry, repository)
  if (name === undefined) return entry
  if (legalName(name) === name) return named(entry, name)
  const message = `not a legal image name${name.includes(':') ? '' : ': only a tag'}; the image is copied without it`
  warn({ code: 'ILLEGAL_NAME', message, where: name })
  return unnamed(entry)
}
