import { ADDING_COMMANDS, ADDING_FUNCTIONS } from './commandLists.js'
import { COMPRESS_CHOICES } from './layerOptions.js'
import type { CommandLineEntries } from './optionEntry.js'

const REPACK = ['repack'] as const
const INSERT = ['insert'] as const
const VALIDATE = ['raw mtree-validate'] as const

/** The options of the functions that add layers. */
export const LAYER_LIBRARY = {
  compress: {
    name: 'compress',
    kind: 'choice',
    values: COMPRESS_CHOICES,
    default: 'auto',
    describe: 'compression of the new layer; auto is that of the last compressed layer, or gzip',
    commands: ADDING_COMMANDS,
    functions: ADDING_FUNCTIONS,
  },
  maskPaths: {
    name: 'mask-path',
    kind: 'list',
    describe: 'leave changes below this path out; may repeat',
    commands: REPACK,
    functions: REPACK,
  },
  maskVolumes: {
    name: 'no-mask-volumes',
    kind: 'switch',
    isNegated: true,
    describe: 'take changes in the volumes of the image, too',
    commands: REPACK,
    functions: REPACK,
  },
  refreshBundle: {
    name: 'refresh-bundle',
    kind: 'switch',
    describe: 'make the new image the one that the bundle comes from',
    commands: REPACK,
    functions: REPACK,
  },
  rehash: {
    name: 'rehash',
    kind: 'switch',
    describe: 'read the content of all files, even of those that cannot have changed',
    commands: REPACK,
    functions: REPACK,
  },
  recordUnchanged: { kind: 'switch', functions: REPACK },
  opaque: {
    name: 'opaque',
    kind: 'switch',
    describe: 'hide what the target directory had before',
    commands: INSERT,
    functions: INSERT,
  },
  keywords: {
    name: 'use-keywords',
    kind: 'list',
    describe: 'compare this keyword and none of the file’s; may repeat',
    commands: VALIDATE,
    functions: ['validateMtree'],
  },
  addKeywords: {
    name: 'add-keywords',
    kind: 'list',
    describe: 'compare this keyword as well; may repeat',
    commands: VALIDATE,
    functions: ['validateMtree'],
  },
} as const

/** The options that only the commands for layers take. */
export const LAYER_COMMAND_LINE = {
  output: {
    name: 'output',
    alias: 'o',
    also: 'to',
    kind: 'text',
    describe: 'the tar: FILE.tar (.tar.gz, .tgz, .tar.zst, .tzst), or - for standard output (-)',
    commands: ['export'],
  },
  whiteout: {
    name: 'whiteout',
    kind: 'switch',
    describe: 'remove the target; there is no source then',
    commands: INSERT,
  },
} as const satisfies CommandLineEntries
