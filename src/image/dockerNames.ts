import { attestedBy } from '../layer/edit.js'
import { ImageError } from '../spec/errors.js'
import { isImageConfigType } from '../spec/mediaTypes.js'
import type { Descriptor } from '../spec/parse.js'
import { printPlatform } from '../spec/platform.js'
import { familiarName } from '../spec/reference.js'
import type { Warn } from '../spec/warnings.js'
import type { BlobPool } from '../store/blobs.js'
import { readNode } from '../store/graph.js'
import { legalName, named, nameOf, unnamed } from '../store/names.js'
import type { NewEntry } from './rename.js'

interface NamingOptions {
  /** What a tag without a repository is a tag of; undefined if nothing says. */
  repository: string | undefined
  warn: Warn
  pool: Pick<BlobPool, 'has' | 'open'>
}

/**
 * Index entries with the names that Docker's archives have: full ones, with the tag as ref.name, or none. Entries of
 * what is no image stay as they are.
 * @throws ImageError FORMAT for one name of two images
 */
export async function dockerNames(entries: readonly NewEntry[], options: NamingOptions): Promise<NewEntry[]> {
  const renamed: NewEntry[] = []
  for (const { entry, from } of entries) {
    const isOther = attestedBy(entry) !== undefined || (await isArtifact(entry, options.pool))
    renamed.push({ entry: isOther ? entry : dockerName(entry, options), from })
  }
  assertDifferent(renamed.map(({ entry }) => entry))
  return renamed
}

async function isArtifact(entry: Descriptor, pool: NamingOptions['pool']): Promise<boolean> {
  const node = await readNode(pool, entry)
  return node.kind === 'manifest' && !isImageConfigType(node.document.config.mediaType)
}

function dockerName(entry: Descriptor, { repository, warn }: NamingOptions): Descriptor {
  const name = nameOf(entry, repository)
  if (name === undefined) return entry
  if (legalName(name) === name) return named(entry, name)
  const message = `not a legal name of an image${name.includes(':') ? '' : ': a tag alone'}; the image goes without it`
  warn({ code: 'ILLEGAL_NAME', message, where: name })
  return unnamed(entry)
}

/** A name is for one image, or for several of different platforms. */
function assertDifferent(entries: readonly Descriptor[]): void {
  const owners = new Map<string, Descriptor>()
  for (const entry of entries) {
    const name = nameOf(entry, undefined)
    if (name === undefined) continue
    const key = `${name} ${printPlatform(entry.platform) ?? ''}`
    const owner = owners.get(key) ?? entry
    owners.set(key, owner)
    if (owner.digest === entry.digest) continue
    throw new ImageError('FORMAT', 'one name for two different images', {
      where: familiarName(name),
      found: `${owner.digest} and ${entry.digest}`,
      hint: 'select one by its digest and give it a --tag',
    })
  }
}
