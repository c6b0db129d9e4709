import type {
  Descriptor,
  DockerManifest,
  ImageConfig,
  Index,
  LayoutFile,
  Manifest,
  ProcessIdentity,
} from '../generated/types.js'
import {
  isDockerManifest,
  isImageConfig,
  isIndex,
  isLayoutFile,
  isManifest,
  isProcessIdentity,
  keysOfDockerManifestItem,
  type SchemaError,
} from '../generated/validators.js'
import { ImageError } from './errors.js'
import { foldKey } from './json.js'

export type { DockerManifestItem } from '../generated/types.js'
export type { Descriptor, DockerManifest, ImageConfig, Index, LayoutFile, Manifest, ProcessIdentity }

/** The most bytes of one JSON document that are held in memory: 4 MiB, what containers/image takes of a manifest. */
export const DOCUMENT_LIMIT = 4 * 1024 * 1024

/** Reads manifest.json of a docker archive. Keys match in any case, as Go's decoder has it and Jib writes them. */
export function parseDockerManifest(bytes: Uint8Array, where: string): DockerManifest {
  const value = parseJSON(bytes, where)
  const items = Array.isArray(value) ? value.map((item) => foldKeys(item, where)) : value
  return validated(items, isDockerManifest, { what: 'a docker manifest.json', where })
}

/** Reads an image config, of Docker or OCI. */
export function parseImageConfig(bytes: Uint8Array, where: string): ImageConfig {
  return validated(parseJSON(bytes, where), isImageConfig, { what: 'an image config', where })
}

/** Reads an index: a layout's index.json, or the platforms of one image. */
export function parseIndex(bytes: Uint8Array, where: string): Index {
  return validated(parseJSON(bytes, where), isIndex, { what: 'an image index', where })
}

/** Reads an image manifest, of OCI or Docker's schema 2. */
export function parseManifest(bytes: Uint8Array, where: string): Manifest {
  return validated(parseJSON(bytes, where), isManifest, { what: 'an image manifest', where })
}

/** Reads the file oci-layout. */
export function parseLayoutFile(bytes: Uint8Array, where: string): LayoutFile {
  return validated(parseJSON(bytes, where), isLayoutFile, { what: 'an oci-layout file', where })
}

/** Reads our own record of a process. */
export function parseProcessIdentity(bytes: Uint8Array, where: string): ProcessIdentity {
  return validated(parseJSON(bytes, where), isProcessIdentity, { what: 'a record of a process', where })
}

/** Bytes to a JSON value: UTF-8 without a byte order mark, one value and nothing after it (RFC 8259). */
function parseJSON(bytes: Uint8Array, where: string): unknown {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw new ImageError('FORMAT', 'JSON starts with a byte order mark', { where, hint: 'no engine reads it either' })
  }
  assertShallow(bytes, where)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new ImageError('FORMAT', `not JSON: ${(error as Error).message}`, { where, cause: error })
  }
}

/** Deeper than any real document; what parses still may not print. */
const MOST_DEPTH = 1000

function assertShallow(bytes: Uint8Array, where: string): void {
  let depth = 0
  let isInText = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === 0x22) isInText = !isInText
    else if (!isInText) depth += NESTING[byte] ?? 0
    else if (byte === 0x5c) at++
    if (depth > MOST_DEPTH) throw new ImageError('UNSAFE', `JSON is nested more than ${MOST_DEPTH} deep`, { where })
  }
}

/** By byte, how a bracket or brace outside of texts changes the depth. */
const NESTING = new Int8Array(256)
NESTING[0x5b] = NESTING[0x7b] = 1
NESTING[0x5d] = NESTING[0x7d] = -1

type Guard<T> = { (value: unknown): value is T; errors?: SchemaError[] | null }

function validated<T>(value: unknown, guard: Guard<T>, { what, where }: { what: string; where: string }): T {
  if (guard(value)) return value
  const [error] = guard.errors ?? []
  const place = error === undefined || error.instancePath === '' ? '' : `${error.instancePath} `
  const allowed = error?.params.allowedValues ?? error?.params.allowedValue
  const detail = allowed === undefined ? '' : ` (${JSON.stringify(allowed)})`
  throw new ImageError('FORMAT', `not ${what}: ${place}${error?.message ?? 'invalid'}${detail}`, { where })
}

function foldKeys(item: unknown, where: string): unknown {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return item
  const folded = new Map<string, unknown>()
  for (const [key, value] of Object.entries(item)) {
    const known = keysOfDockerManifestItem.find((name) => foldKey(name) === foldKey(key)) ?? key
    if (folded.has(known)) {
      throw new ImageError('FORMAT', `${known} is given twice, in different case`, {
        where,
        hint: 'readers differ in which one they take',
      })
    }
    folded.set(known, value)
  }
  return Object.fromEntries(folded)
}
