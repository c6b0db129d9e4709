import { availableParallelism } from 'node:os'
import { ARCHIVE_FORMATS } from '../spec/archiveFormat.js'
import { GZIP_COMPRESSORS, LAYER_CHOICES } from '../spec/compression.js'
import type { OptionTable } from './checkOption.js'

const LIST = { type: 'string', array: true, nargs: 1, default: [] as string[] } as const

/** The options of `transload convert`. */
export const CONVERT_OPTIONS: OptionTable = {
  image: {
    ...LIST,
    describe: 'only this image: tag, full name, digest of manifest or config, or @N; may repeat',
  },
  platform: { ...LIST, describe: 'of multi-platform images only os/arch[/variant]; may repeat' },
  tag: { ...LIST, describe: 'name at the destination instead of its own (one image)' },
  'add-tag': { ...LIST, describe: 'further name at the destination (one image)' },
  layers: {
    choices: LAYER_CHOICES,
    default: 'keep' as const,
    describe: 'what happens to layer bytes; keep changes none',
  },
  level: {
    type: 'number',
    describe:
      'compression level: gzip 1-9, by zlib instead of transload’s own encoder; libdeflate 1-12 (1); zstd 1-22 (3)',
  },
  compressor: {
    choices: GZIP_COMPRESSORS,
    describe: 'what makes gzip; libdeflate is the system’s and faster, and needs the package koffi (transload)',
  },
  'strip-attestations': { type: 'boolean', default: false, describe: 'leave attestation manifests out' },
  'strip-referrers': {
    type: 'boolean',
    default: false,
    describe: 'leave out what is about an image: signatures, SBOMs (subject)',
  },
  format: {
    choices: ARCHIVE_FORMATS,
    describe:
      'how an archive is arranged: as docker save writes it now, or did, or plain OCI (docker; oci-archive: oci)',
  },
  force: {
    type: 'boolean',
    default: false,
    describe: 'replace an archive file that exists (a layout is always added to)',
  },
  'no-replace': {
    type: 'boolean',
    default: false,
    describe: 'refuse to move a name that the layout has to another image (moved, and told)',
  },
  uname: {
    type: 'string',
    describe: 'docker-legacy: owner in tar headers, root in Debian’s Docker (empty)',
  },
  'type-bits': {
    choices: ['on', 'off'] as const,
    describe: 'docker-legacy: file type in modes, as up to Docker 23 (on)',
  },
  'time-zone': { type: 'string', describe: 'docker-legacy, docker-25: the daemon’s, which enters ids (UTC)' },
  jobs: { type: 'number', describe: `parallel work (${Math.min(availableParallelism(), 4)})` },
  strict: { type: 'boolean', default: false, describe: 'make errors of warnings' },
  json: { type: 'boolean', default: false, describe: 'print what was done as JSON' },
  progress: {
    choices: ['auto', 'bar', 'plain', 'none'] as const,
    default: 'auto' as const,
    describe: 'on stderr; auto is bars in a terminal and nothing elsewhere',
  },
  quiet: {
    alias: 'q',
    type: 'boolean',
    default: false,
    describe: 'no progress',
  },
}
