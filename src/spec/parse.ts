import type {
  ArtifactManifest,
  Descriptor,
  DockerManifest,
  DockerRepositories,
  DockerV1Layer,
  ImageConfig,
  Index,
  LayoutFile,
  Manifest,
  ProcessIdentity,
} from '../generated/types.js'
import {
  isArtifactManifest,
  isDockerManifest,
  isDockerRepositories,
  isDockerV1Layer,
  isImageConfig,
  isIndex,
  isLayoutFile,
  isManifest,
  isProcessIdentity,
  type SchemaError,
  type Shape,
  shapeOfArtifactManifest,
  shapeOfDockerManifest,
  shapeOfDockerRepositories,
  shapeOfDockerV1Layer,
  shapeOfImageConfig,
  shapeOfIndex,
  shapeOfLayoutFile,
  shapeOfManifest,
  shapeOfProcessIdentity,
} from '../generated/validators.js'
import { listShort, quoted } from './cut.js'
import { ImageError } from './errors.js'
import { foldKeys, unknownKeys } from './json/goKeys.js'
import { parseJSON } from './json/parseJSON.js'

export type { DockerManifestItem } from '../generated/types.js'
export type { ArtifactManifest, Descriptor, DockerManifest, ImageConfig, Index, LayoutFile, Manifest, ProcessIdentity }

/** Maximum bytes of one JSON document in memory: 4 MiB, as containers/image allows for a manifest. */
export const DOCUMENT_LIMIT = 4 * 1024 * 1024

/** Maximum bytes of an image's config: engines have no limit, and labels may carry whole files. */
export const CONFIG_LIMIT = 64 * 1024 * 1024

/** Maximum number of values in a config; its limit in bytes is higher only for long texts. */
const MOST_IN_CONFIG = 250_000

/** Reads manifest.json of a docker archive. */
export function parseDockerManifest(bytes: Uint8Array, where: string): DockerManifest {
  return parse(bytes, where, DOCKER_MANIFEST)
}

/** Reads the file repositories of a docker archive. */
export function parseDockerRepositories(bytes: Uint8Array, where: string): DockerRepositories {
  return parse(bytes, where, DOCKER_REPOSITORIES)
}

/** Reads the file json of a layer in an archive of early Docker. */
export function parseDockerV1Layer(bytes: Uint8Array, where: string): DockerV1Layer {
  return parse(bytes, where, DOCKER_V1_LAYER)
}

/** Reads an image config, of Docker or OCI. */
export function parseImageConfig(bytes: Uint8Array, where: string): ImageConfig {
  return parse(bytes, where, IMAGE_CONFIG)
}

/** Reads an index: a layout's index.json, or the platforms of one image. */
export function parseIndex(bytes: Uint8Array, where: string): Index {
  return parse(bytes, where, INDEX)
}

/** Reads an image manifest, of OCI or Docker's schema 2. */
export function parseManifest(bytes: Uint8Array, where: string): Manifest {
  return parse(bytes, where, MANIFEST)
}

/** Reads a manifest without a config. */
export function parseArtifactManifest(bytes: Uint8Array, where: string): ArtifactManifest {
  return parse(bytes, where, ARTIFACT_MANIFEST)
}

/** Reads the file oci-layout. */
export function parseLayoutFile(bytes: Uint8Array, where: string): LayoutFile {
  return parse(bytes, where, LAYOUT_FILE)
}

/** Reads our own record of a process. */
export function parseProcessIdentity(bytes: Uint8Array, where: string): ProcessIdentity {
  return parse(bytes, where, PROCESS_IDENTITY)
}

/** Drops an empty media type, as engines do. */
function withType(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('mediaType' in value) || value.mediaType !== '') return value
  const { mediaType: _, ...others } = value
  return others
}

/**
 * Accepts null for an empty list, as Go prints it (BuildKit, for an image without layers), and configs without a media
 * type, as old tools write them.
 */
function asManifest(read: unknown): unknown {
  const value = withType(read)
  if (typeof value !== 'object' || value === null) return value
  const { config, layers } = value as Record<string, unknown>
  if (typeof config !== 'object' || config === null) return value
  const isBare = !('mediaType' in config)
  if (layers !== undefined && !isBare) return value
  return { ...value, ...(isBare ? { config: { mediaType: '', ...config } } : {}), layers: layers ?? [] }
}

export interface DocumentKind<T> {
  /** How messages call it. */
  what: string
  /** Changes the value before it is checked. */
  read?: (value: unknown) => unknown
  /** Returns advice for a value of another kind. */
  hint?: (value: unknown) => string | undefined
  guard: Guard<T>
  shape: Shape
  /** Maximum number of values, if lower than the general one. */
  most?: number
}

type Guard<T> = { (value: unknown): value is T; errors?: SchemaError[] | null }

const DOCKER_MANIFEST = {
  what: 'a docker manifest.json',
  guard: isDockerManifest,
  shape: shapeOfDockerManifest,
  // Go accepts null for an empty list.
  read: (value: unknown) => value ?? [],
  hint: (value: unknown) =>
    isManifest(value)
      ? 'it is from a directory of skopeo: convert that with skopeo copy dir:DIRECTORY oci:LAYOUT'
      : undefined,
}
const DOCKER_REPOSITORIES = {
  what: 'a docker repositories file',
  guard: isDockerRepositories,
  shape: shapeOfDockerRepositories,
}
const DOCKER_V1_LAYER = { what: 'the json of a docker layer', guard: isDockerV1Layer, shape: shapeOfDockerV1Layer }
const IMAGE_CONFIG = { what: 'an image config', guard: isImageConfig, shape: shapeOfImageConfig, most: MOST_IN_CONFIG }
const INDEX = { what: 'an image index', guard: isIndex, shape: shapeOfIndex, read: withType }
const MANIFEST = { what: 'an image manifest', guard: isManifest, shape: shapeOfManifest, read: asManifest }
const ARTIFACT_MANIFEST = {
  what: 'a manifest of an artifact',
  guard: isArtifactManifest,
  shape: shapeOfArtifactManifest,
  read: asManifest,
}
const LAYOUT_FILE = { what: 'an oci-layout file', guard: isLayoutFile, shape: shapeOfLayoutFile }
const PROCESS_IDENTITY = { what: 'a record of a process', guard: isProcessIdentity, shape: shapeOfProcessIdentity }

/**
 * Documents with warnings about unknown fields. Configs have none, since anybody may extend them (OCI image-spec,
 * config.md).
 */
export type Document = keyof typeof DOCUMENTS

const DOCUMENTS = {
  'manifest.json': DOCKER_MANIFEST,
  repositories: DOCKER_REPOSITORIES,
  index: INDEX,
  manifest: MANIFEST,
  'oci-layout': LAYOUT_FILE,
}

/** Returns the paths of fields that the document's schema does not know. */
export function unknownFields(document: Document, value: unknown): string[] {
  return unknownKeys(value, DOCUMENTS[document].shape)
}

/** Bytes to a value of this kind, its keys matched in any case, as Go does, which all engines are written in. */
export function parse<T>(
  bytes: Uint8Array,
  where: string,
  { what, guard, shape, hint, read, most }: DocumentKind<T>,
): T {
  const folded = foldKeys(parseJSON(bytes, { where, most }), shape, where)
  const value = read?.(folded) ?? folded
  const tip = hint?.(value)
  return validated(value, guard, { what, where, ...(tip === undefined ? {} : { hint: tip }) })
}

interface Expected {
  what: string
  where: string
  hint?: string
}

function validated<T>(value: unknown, guard: Guard<T>, { what, ...place }: Expected): T {
  if (guard(value)) return value
  const [error] = guard.errors ?? []
  const at = error === undefined || error.instancePath === '' ? '' : `${error.instancePath} `
  const allowed = error?.params.allowedValues ?? error?.params.allowedValue
  const detail = allowed === undefined ? '' : ` (${JSON.stringify(allowed)})`
  const problem = error?.keyword === 'not' ? 'it has fields of another kind of document' : error?.message
  const found = described(valueAt(value, error?.instancePath ?? ''))
  throw new ImageError('FORMAT', `not ${what}: ${at}${problem ?? 'invalid'}${detail}`, { ...place, found })
}

/** Returns the value that a JSON pointer points at (RFC 6901). */
function valueAt(value: unknown, pointer: string): unknown {
  const keys = pointer.split('/').slice(1)
  return keys.reduce<unknown>((at, key) => {
    const name = key.replaceAll('~1', '/').replaceAll('~0', '~')
    return typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : undefined
  }, value)
}

/** Returns a short description of a JSON value. */
function described(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'string') return quoted(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const keys = Object.keys(value)
  return keys.length === 0 ? 'an empty object' : `an object with ${listShort(keys)}`
}
