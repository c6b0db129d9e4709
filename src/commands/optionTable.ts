import { usualJobs } from '../bytes/parallel.js'
import { ARCHIVE_FORMATS } from '../spec/archiveFormat.js'
import { GZIP_COMPRESSORS, LAYER_CHOICES } from '../spec/compression.js'
import { BUNDLE_LIBRARY } from './bundleTable.js'
import { EDIT_COMMANDS, EDIT_FUNCTIONS, LAYER_COMMANDS, LAYER_FUNCTIONS } from './commandLists.js'
import { LAYER_COMMAND_LINE, LAYER_LIBRARY } from './layerTable.js'
import { LAYOUT_COMMAND_LINE } from './layoutCommandLine.js'
import { LAYOUT_LIBRARY } from './layoutTable.js'
import type { CommandLineEntries, LibraryEntries, NamedOption } from './optionEntry.js'

/** The functions that write files and streams. */
const WRITING_FUNCTIONS = ['convert', 'exportRootfs'] as const
const BOTH = ['convert', 'inspect'] as const
const CONVERT = ['convert'] as const
const INSPECT = ['inspect'] as const
const LAYOUT_COMMANDS = ['new', 'tag', 'remove', 'stat', 'gc', 'config'] as const
const LAYOUT_FUNCTIONS = ['newImage', 'tagImage', 'removeTag', 'stat', 'collectGarbage', 'editConfig'] as const
const BUNDLE_COMMANDS = ['unpack', 'raw unpack', 'raw runtime-config'] as const
const BUNDLE_FUNCTIONS = ['unpack', 'unpackRootfs', 'runtimeConfig'] as const
const ALL_FUNCTIONS = [...BOTH, ...LAYOUT_FUNCTIONS, ...BUNDLE_FUNCTIONS, ...LAYER_FUNCTIONS] as const

/** The options of the library by their properties' names; most of them are also options of the command line. */
const LIBRARY = {
  signal: { kind: 'signal', functions: ALL_FUNCTIONS },
  onWarning: { kind: 'function', functions: ALL_FUNCTIONS },
  onProgress: { kind: 'function', functions: ALL_FUNCTIONS },
  images: {
    name: 'image',
    kind: 'list',
    describe: 'only this image: tag, full name, digest of manifest or config, or @N; may repeat',
    commands: BOTH,
    functions: BOTH,
  },
  platforms: {
    name: 'platform',
    kind: 'list',
    describe: 'of multi-platform images only os/arch[/variant]; may repeat',
    commands: CONVERT,
    functions: CONVERT,
  },
  tags: {
    name: 'tag',
    kind: 'list',
    describe: 'name at the destination instead of its own (one image)',
    commands: CONVERT,
    functions: CONVERT,
  },
  addTags: {
    name: 'add-tag',
    kind: 'list',
    describe: 'further name at the destination (one image)',
    commands: CONVERT,
    functions: CONVERT,
  },
  layers: {
    name: 'layers',
    kind: 'choice',
    values: LAYER_CHOICES,
    default: 'keep',
    describe: 'what happens to layer bytes; keep changes none',
    commands: CONVERT,
    functions: CONVERT,
    appliesTo: {
      destinations: ['layout', 'docker', 'oci'],
      values: ['gzip', 'zstd'],
      otherwise: 'layers are uncompressed in the format {format}',
      hint: 'the format docker can hold compressed layers',
    },
  },
  level: {
    name: 'level',
    kind: 'wholeNumber',
    describe:
      'compression level: gzip 1-9, by zlib instead of transload’s own encoder; libdeflate 1-12 (1); zstd 1-22 (3)',
    commands: CONVERT,
    functions: CONVERT,
  },
  compressor: {
    name: 'compressor',
    kind: 'choice',
    values: GZIP_COMPRESSORS,
    describe: 'what makes gzip; libdeflate is the system’s and faster, and needs the package koffi (transload)',
    commands: CONVERT,
    functions: CONVERT,
  },
  stripAttestations: {
    name: 'strip-attestations',
    kind: 'switch',
    describe: 'leave attestation manifests out',
    commands: CONVERT,
    functions: CONVERT,
  },
  stripReferrers: {
    name: 'strip-referrers',
    kind: 'switch',
    describe: 'leave out what is about an image: signatures, SBOMs (subject)',
    commands: CONVERT,
    functions: CONVERT,
  },
  format: {
    name: 'format',
    kind: 'choice',
    values: ARCHIVE_FORMATS,
    describe:
      'how an archive is arranged: as docker save writes it now, or did, or plain OCI (docker; oci-archive: oci)',
    commands: [...CONVERT, ...EDIT_COMMANDS],
    functions: [...CONVERT, ...EDIT_FUNCTIONS],
    appliesTo: {
      destinations: ARCHIVE_FORMATS,
      otherwise: 'a format is for an archive, but the destination is a directory',
      hint: 'name the destination FILE.tar or docker-archive:FILE',
    },
  },
  end: { kind: 'switch', functions: WRITING_FUNCTIONS },
  force: {
    name: 'force',
    kind: 'switch',
    describe: 'replace an archive file that exists (a layout is always added to)',
    describeFor: { export: 'replace a file that exists' },
    commands: [...CONVERT, ...EDIT_COMMANDS, 'export'],
    functions: [...WRITING_FUNCTIONS, ...EDIT_FUNCTIONS],
    appliesTo: {
      destinations: ARCHIVE_FORMATS,
      values: [true],
      otherwise: 'force replaces an archive file, but the destination is a layout directory',
      hint: 'omit force: a layout is always added to',
    },
  },
  replace: {
    name: 'no-replace',
    kind: 'switch',
    isNegated: true,
    describe: 'refuse to move a name in the layout to another image (moved, with a warning)',
    commands: CONVERT,
    functions: CONVERT,
    appliesTo: {
      destinations: ['layout'],
      values: [false],
      otherwise: 'only a layout directory has names that could be replaced',
      hint: 'omit --no-replace: an archive file that exists is replaced only with --force',
    },
  },
  uname: {
    name: 'uname',
    kind: 'text',
    describe: 'docker-legacy: owner in tar headers, root in Debian’s Docker (empty)',
    commands: CONVERT,
    functions: CONVERT,
    appliesTo: {
      destinations: ['docker-legacy'],
      otherwise: 'a uname can be chosen only for the format docker-legacy',
    },
  },
  typeBits: {
    name: 'type-bits',
    kind: 'onOff',
    describe: 'docker-legacy: file type in modes, as up to Docker 23 (on)',
    commands: CONVERT,
    functions: CONVERT,
    appliesTo: {
      destinations: ['docker-legacy'],
      otherwise: 'type bits can be chosen only for the format docker-legacy',
    },
  },
  timeZone: {
    name: 'time-zone',
    kind: 'text',
    describe: 'docker-legacy, docker-25: time zone of the daemon; ids depend on it (UTC)',
    commands: CONVERT,
    functions: CONVERT,
    appliesTo: {
      destinations: ['docker-legacy', 'docker-25'],
      otherwise: 'a time zone can be chosen only for the formats docker-legacy and docker-25',
    },
  },
  full: {
    name: 'full',
    kind: 'switch',
    describe: 'read the layers too, and check them',
    commands: INSPECT,
    functions: INSPECT,
  },
  ...LAYOUT_LIBRARY,
  ...BUNDLE_LIBRARY,
  ...LAYER_LIBRARY,
  jobs: {
    name: 'jobs',
    kind: 'wholeNumber',
    most: 64,
    describe: `parallel work (${usualJobs()})`,
    commands: CONVERT,
    functions: ALL_FUNCTIONS,
  },
  strict: {
    name: 'strict',
    kind: 'switch',
    describe: 'treat warnings as errors',
    describeFor: { inspect: 'treat oddities as errors' },
    commands: [...BOTH, ...LAYOUT_COMMANDS, ...BUNDLE_COMMANDS, ...LAYER_COMMANDS],
    functions: ALL_FUNCTIONS,
  },
} as const satisfies LibraryEntries

const COMMAND_LINE = {
  ...LAYOUT_COMMAND_LINE,
  ...LAYER_COMMAND_LINE,
  json: {
    name: 'json',
    kind: 'switch',
    describe: 'print what was done as JSON',
    describeFor: { inspect: 'print it as JSON', stat: 'print it as JSON', list: 'print them as JSON' },
    commands: [...BOTH, 'list', ...LAYOUT_COMMANDS, 'unpack', 'raw unpack', ...LAYER_COMMANDS],
  },
  progress: {
    name: 'progress',
    kind: 'choice',
    values: ['auto', 'bar', 'plain', 'none'],
    default: 'auto',
    describe: 'on stderr; auto is bars in a terminal and nothing elsewhere',
    commands: [...CONVERT, 'config', 'unpack', 'raw unpack', ...LAYER_COMMANDS],
  },
  quiet: {
    name: 'quiet',
    alias: 'q',
    kind: 'switch',
    describe: 'no progress',
    commands: [...CONVERT, 'config', 'unpack', 'raw unpack', ...LAYER_COMMANDS],
  },
} as const satisfies CommandLineEntries

/**
 * All options, in the order of the help. Everything that parses, checks or describes options reads this table. The
 * interfaces document them for users of the library; the table must match the interfaces to compile.
 */
export const OPTION_TABLE = { ...LIBRARY, ...COMMAND_LINE } as const

/** The options that every command line takes. */
export const GENERAL_OPTIONS = {
  help: { name: 'help', alias: 'h', kind: 'switch', describe: 'show help' },
  version: { name: 'version', alias: 'V', kind: 'switch', describe: 'show the version' },
} as const satisfies Readonly<Record<string, NamedOption & { describe: string }>>
