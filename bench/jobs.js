// What is measured: each job with its contestants, ours first, and what is wanted of ours.
import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { archiveOf, blobsOf, withGzipLayers } from './archive.js'
import { filesLayout } from './filesLayout.js'
import { measure } from './measure.js'
import { scaleArchive } from './scale.js'

const here = fileURLToPath(new URL('.', import.meta.url))
const cli = [process.execPath, join(here, '../dist/cli/bin.js')]
const convert = [...cli, 'convert']
const node = [process.execPath, '-e', '0']

/** What the jobs read and write; made once, and kept. */
export async function material({ bytes, scale, cache }) {
  const archive = archiveOf(bytes, cache)
  const layout = join(cache, `${bytes}.oci`)
  if (!existsSync(layout)) {
    await measure([...convert, archive, `oci:${layout}.making`, '--layers', 'gzip'])
    renameSync(`${layout}.making`, layout)
  }
  return { archive, layout, gzipped: withGzipLayers(archive, layout, cache), out: join(cache, 'out'), scale, cache }
}

/**
 * Jobs by name. `wanted` are bounds of ours: `most` times another contestant's wall time (or the largest of several)
 * plus `seconds`; of its `bytes` at the destination; of a `rate` in MB/s a core at `least`. What a job `needs` may fail.
 */
export function jobsOf({ archive, layout, gzipped, out, scale, cache }) {
  const skopeo = (from, to, ...options) => ['skopeo', '--insecure-policy', 'copy', '-q', from, to, ...options]
  const toLayout = (...options) => skopeo(`docker-archive:${archive}`, `oci:${out}:bench`, ...options)
  const toArchive = skopeo(`oci:${layout}`, `docker-archive:${out}:bench:latest`)
  const sha256 = ['openssl', 'dgst', '-sha256', archive]
  const counts = { entries: 100_000 * scale, images: 10_000 * scale, layers: 1_000 * scale }
  const scaled = (kind) => ({
    title: `${counts[kind]} ${kind} → oci, beside a tenth of them`,
    contestants: {
      transload: [...convert, scaleArchive(kind, counts[kind], cache), `oci:${out}`],
      tenth: [...convert, scaleArchive(kind, counts[kind] / 10, cache), `oci:${out}`],
    },
    wanted: [{ of: ['tenth'], most: 11 }],
  })
  const files = filesLayout(50_000 * scale, cache)
  const gunzipped = [
    ...['sh', '-c', 'mkdir "$0"; for layer in "$@"; do gzip -dc "$layer" | tar -xp -C "$0" || exit; done', out],
    ...blobsOf(layout).layers,
  ]
  const unpacked = (from, command) => ({
    transload: [...cli, ...command, '--image', `oci:${from}`, out],
    umoci: ['umoci', ...command, '--image', from, out],
  })
  const tarred = ['sh', '-c', 'mkdir -p "$0" && tar -xpf "$1" -C "$0"', out, ...blobsOf(files).layers]
  return {
    keep: {
      title: 'docker archive → oci, layers kept',
      contestants: {
        transload: [...convert, archive, `oci:${out}`],
        skopeo: toLayout('--dest-oci-accept-uncompressed-layers'),
        limit: [process.execPath, join(here, 'limit.js'), archive, out],
        sha256,
      },
      wanted: [
        { of: ['skopeo'], most: 0.75 },
        { of: ['limit'], most: 1.25 },
      ],
    },
    pipe: {
      title: 'the same from a pipe',
      contestants: {
        transload: { command: [...convert, '-', `oci:${out}`], stdin: archive },
        file: [...convert, archive, `oci:${out}`],
        sha256,
        cat: ['sh', '-c', 'cat "$0" | cat > /dev/null', archive],
      },
      wanted: [{ of: ['file', 'sha256'], most: 1.25 }],
    },
    gzip: {
      title: 'docker archive → oci, gzip',
      contestants: { transload: [...convert, archive, `oci:${out}`, '--layers', 'gzip'], skopeo: toLayout() },
      wanted: [
        { of: ['skopeo'], most: 1 },
        { bytes: 'skopeo', most: 1 },
      ],
    },
    libdeflate: {
      title: 'docker archive → oci, gzip by the system’s libdeflate',
      needs: async () => (await import('../dist/compression/libdeflate.js')).loadLibdeflate(),
      contestants: {
        transload: [...convert, archive, `oci:${out}`, '--layers', 'gzip', '--compressor', 'libdeflate'],
        skopeo: toLayout(),
      },
      wanted: [
        { of: ['skopeo'], most: 0.85 },
        { bytes: 'skopeo', most: 1 },
      ],
    },
    zstd: {
      title: 'docker archive → oci, zstd',
      contestants: {
        transload: [...convert, archive, `oci:${out}`, '--layers', 'zstd'],
        skopeo: toLayout('--dest-compress-format', 'zstd'),
      },
      wanted: [
        { of: ['skopeo'], most: 0.75 },
        { bytes: 'skopeo', most: 1.04 },
      ],
    },
    verify: {
      title: 'docker archive of gzip layers → oci, verified and kept',
      contestants: {
        transload: [...convert, gzipped, `oci:${out}`],
        gunzip: ['sh', '-c', `for blob in ${layout}/blobs/sha256/*; do gzip -dcf "$blob" > /dev/null; done`],
      },
      wanted: [{ least: 350 }],
    },
    docker: {
      title: 'oci (gzip) → docker archive',
      contestants: {
        transload: [...convert, `oci:${layout}`, `docker-archive:${out}`],
        pipe: ['sh', '-c', `${[...convert, `oci:${layout}`, '-'].join(' ')} | cat`],
        skopeo: toArchive,
      },
      wanted: [{ of: ['skopeo'], most: 0.15 }],
    },
    'docker-legacy': {
      title: 'oci (gzip) → docker archive, uncompressed',
      contestants: {
        transload: [...convert, `oci:${layout}`, `docker-archive:${out}`, '--format', 'docker-legacy'],
        skopeo: toArchive,
      },
      wanted: [{ of: ['skopeo'], most: 0.35 }],
    },
    'raw-unpack': {
      title: `a layer of ${50_000 * scale} files → a directory`,
      contestants: { ...unpacked(`${files}:bench`, ['raw', 'unpack']), tar: tarred },
      wanted: [
        { of: ['tar'], most: 1.3 },
        { of: ['umoci'], most: 0.3 },
      ],
    },
    unpack: {
      title: 'the same → a bundle, with hashes of all files',
      contestants: { ...unpacked(`${files}:bench`, ['unpack']), tar: tarred },
      wanted: [
        { of: ['tar'], most: 1.7 },
        { of: ['umoci'], most: 0.3 },
      ],
    },
    'unpack-gzip': {
      title: 'oci (gzip) → a bundle',
      contestants: {
        ...unpacked(`${layout}:latest`, ['unpack']),
        tar: gunzipped,
      },
      wanted: [
        { of: ['umoci'], most: 0.4 },
        { of: ['tar'], most: 1 },
      ],
    },
    export: {
      title: 'oci (gzip) → one tar of its files',
      contestants: {
        transload: [...cli, 'export', `oci:${layout}`],
        gunzip: ['gzip', '-dc', ...blobsOf(layout).layers],
      },
      wanted: [{ of: ['gunzip'], most: 1.2 }],
    },
    'export-files': {
      title: `a layer of ${50_000 * scale} files → one tar`,
      contestants: {
        transload: [...cli, 'export', `oci:${files}`],
        sha256: ['openssl', 'dgst', '-sha256', ...blobsOf(files).layers],
      },
      wanted: [],
    },
    inspect: {
      title: 'inspect of the archive',
      contestants: { transload: [...cli, 'inspect', archive], node },
      wanted: [{ of: ['node'], most: 1.5, seconds: 0.05 }],
    },
    version: {
      title: '--version',
      contestants: { transload: [...cli, '--version'], node },
      wanted: [{ of: ['node'], most: 1.3 }],
    },
    help: {
      title: '--help',
      contestants: { transload: [...cli, '--help'], node },
      wanted: [{ of: ['node'], most: 1.8 }],
    },
    entries: scaled('entries'),
    images: scaled('images'),
    layers: scaled('layers'),
  }
}
