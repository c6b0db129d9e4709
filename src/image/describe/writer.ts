import type { Archive } from '../../archive/archive.js'
import { MANIFEST_FILE, REPOSITORIES_FILE, TABLE_LIMIT } from '../../archive/fileNames.js'
import { type Index, parseIndex } from '../../spec/parse.js'
import { INDEX_FILE } from '../../store/layout/layoutNames.js'
import { IMAGE_NAME } from '../../store/names.js'

/** The tables of contents that an archive has. */
export type Format = 'docker-archive' | 'docker-archive without manifest.json' | 'oci' | 'docker-archive and oci'

/** Returns the tables of contents that an archive has. */
export async function formatOf(archive: Archive): Promise<Format> {
  const hasIndex = (await archive.find(INDEX_FILE)) !== undefined
  const hasManifest = (await archive.find(MANIFEST_FILE)) !== undefined
  if (hasIndex) return hasManifest ? 'docker-archive and oci' : 'oci'
  return hasManifest ? 'docker-archive' : 'docker-archive without manifest.json'
}

/** Traces that a writer leaves in an archive. */
interface Traces {
  format: Format
  paths: ReadonlySet<string>
  isDirectory: boolean
  /** Content of manifest.json, unparsed. */
  manifest: string
  index: Index | undefined
}

/**
 * Returns the likely writer of an archive, judged by names and fields in which writers differ; undefined if several
 * writers would have written the same.
 */
export async function likelyWriter(archive: Archive): Promise<string | undefined> {
  const index = await archive.read(INDEX_FILE, TABLE_LIMIT)
  const traces: Traces = {
    format: await formatOf(archive),
    paths: new Set(archive.paths()),
    isDirectory: archive.isDirectory,
    manifest: (await archive.read(MANIFEST_FILE, TABLE_LIMIT))?.toString() ?? '',
    index: index && parseIndex(index, INDEX_FILE),
  }
  return WRITERS.find(([wrote]) => wrote(traces))?.[1]
}

/** Writers and their traces. The first match wins. */
const WRITERS: readonly [wrote: (traces: Traces) => boolean, writer: string][] = [
  [({ format }) => format === 'docker-archive without manifest.json', 'docker save of Docker before 1.10'],
  [
    ({ format, manifest }) => format === 'docker-archive and oci' && manifest.includes('"LayerSources"'),
    'docker save of Docker 25 to 28, or later with the classic store',
  ],
  [
    ({ format, index }) => format === 'docker-archive and oci' && hasCreated(index),
    'BuildKit (docker buildx build --output type=docker)',
  ],
  [
    ({ format }) => format === 'docker-archive and oci',
    'containerd: docker save with the containerd store (the default since Docker 29), ctr or nerdctl',
  ],
  [({ manifest }) => /"(config|repoTags|layers)":/.test(manifest), 'Jib'],
  [
    ({ manifest }) => /"Config": ?"\/?[0-9a-f]{64}\.json"/.test(manifest) && manifest.includes('"/'),
    'Cloud Native Buildpacks (pack)',
  ],
  [
    ({ paths, manifest }) => /"Layers": ?\["[0-9a-f]{64}\.tar"/.test(manifest) && hasV1Files(paths),
    'podman save, buildah or skopeo (docker-archive:)',
  ],
  [
    ({ paths, isDirectory }) => hasV1Files(paths) && !isDirectory && !some(paths, /^[0-9a-f]{64}$/),
    'crane pull --format legacy',
  ],
  [
    ({ paths, isDirectory }) => hasV1Files(paths) && isDirectory,
    'docker save of Docker 1.10 to 24, or crane pull --format legacy',
  ],
  [({ manifest }) => /"Config": ?"sha256:/.test(manifest), 'go-containerregistry: crane pull, ko or kaniko'],
  [({ manifest }) => /"blobs\/sha256\/[0-9a-f]{64}\.tar\.gz"/.test(manifest), 'Bazel’s rules_oci'],
  [({ paths }) => paths.has(REPOSITORIES_FILE) && hasV1Files(paths), 'docker save of Docker 1.10 to 24'],
  [
    ({ paths, format }) => format === 'docker-archive' && hasV1Files(paths),
    'docker save of Docker 1.10 to 24, or a tool that does as it did',
  ],
  [({ format, index }) => format === 'oci' && hasCreated(index), 'BuildKit (docker buildx build --output type=oci)'],
  [({ format, index }) => format === 'oci' && hasFullName(index), 'containerd, BuildKit, regctl or transload'],
  [
    ({ index }) =>
      (index?.manifests ?? []).some(
        ({ annotations }) => annotations?.['org.opencontainers.image.ref.name'] !== undefined,
      ),
    'skopeo, podman, buildah, umoci or oras',
  ],
]

/** True if there are the files that archives of version 1 have for each layer. */
function hasV1Files(paths: ReadonlySet<string>): boolean {
  return some(paths, /^[0-9a-f]{64}\/VERSION$/)
}

function some(paths: ReadonlySet<string>, pattern: RegExp): boolean {
  for (const path of paths) if (pattern.test(path)) return true
  return false
}

function hasCreated(index: Index | undefined): boolean {
  return (index?.manifests ?? []).some(
    ({ annotations }) => annotations?.['org.opencontainers.image.created'] !== undefined,
  )
}

function hasFullName(index: Index | undefined): boolean {
  return (index?.manifests ?? []).some(({ annotations }) => annotations?.[IMAGE_NAME] !== undefined)
}
