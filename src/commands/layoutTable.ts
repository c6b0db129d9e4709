import type { CommandLineEntries } from './optionEntry.js'

const CONFIG = ['config'] as const
const EDIT = ['editConfig'] as const
const STEP = ['config', 'repack', 'insert', 'raw add-layer', 'append', 'flatten', 'squash'] as const
const STEP_FUNCTIONS = [
  'editConfig',
  'repack',
  'insert',
  'insertWhiteout',
  'addLayer',
  'append',
  'flatten',
  'squash',
] as const
const NEW = ['new', 'config'] as const
const NEW_OR_EDIT = ['newImage', 'editConfig'] as const

const EACH = 'of a multi-platform image only this one, os/arch[/variant] (all)'

/** The commands that can write a changed image to another place. */
export const EDIT_COMMANDS = ['config', 'insert', 'raw add-layer', 'append', 'rebase', 'flatten', 'squash'] as const
/** Their functions. */
export const EDIT_FUNCTIONS = [
  'editConfig',
  'insert',
  'insertWhiteout',
  'addLayer',
  'append',
  'rebase',
  'flatten',
  'squash',
] as const

/** The options of the functions that work on layouts. */
export const LAYOUT_LIBRARY = {
  platform: {
    name: 'platform',
    kind: 'text',
    describe: 'of a multi-platform image this one, os/arch[/variant] (this machine’s)',
    describeFor: { append: EACH, rebase: EACH, flatten: EACH, squash: EACH },
    commands: [
      'stat',
      'config',
      'unpack',
      'raw unpack',
      'raw runtime-config',
      'insert',
      'raw add-layer',
      'append',
      'export',
      'rebase',
      'flatten',
      'squash',
    ],
    functions: [
      'stat',
      'editConfig',
      'unpack',
      'unpackRootfs',
      'runtimeConfig',
      'insert',
      'insertWhiteout',
      'addLayer',
      'exportRootfs',
      'append',
      'rebase',
      'flatten',
      'squash',
    ],
  },
  to: {
    name: 'to',
    kind: 'text',
    describe: 'write the changed image to this place, as DESTINATION of convert; the image is then of any place',
    commands: EDIT_COMMANDS,
    functions: EDIT_FUNCTIONS,
  },
  tag: {
    name: 'tag',
    kind: 'text',
    describe: 'tag for the changed image; the image itself then stays (its own tag moves)',
    commands: [...STEP, 'rebase'],
    functions: [...STEP_FUNCTIONS, 'rebase'],
  },
  user: {
    name: 'config.user',
    kind: 'text',
    describe: 'user that runs the process',
    commands: CONFIG,
    functions: EDIT,
  },
  exposedPorts: {
    name: 'config.exposedports',
    kind: 'list',
    describe: 'further port, as 80/tcp; may repeat',
    commands: CONFIG,
    functions: EDIT,
  },
  env: {
    name: 'config.env',
    kind: 'list',
    describe: 'variable of the environment, NAME=VALUE; may repeat',
    commands: CONFIG,
    functions: EDIT,
  },
  entrypoint: {
    name: 'config.entrypoint',
    kind: 'list',
    takesDash: true,
    describe: 'word of the entrypoint, which replaces the old one; may repeat',
    commands: CONFIG,
    functions: EDIT,
  },
  cmd: {
    name: 'config.cmd',
    kind: 'list',
    takesDash: true,
    describe: 'word of the command, which replaces the old one; may repeat',
    commands: CONFIG,
    functions: EDIT,
  },
  volumes: {
    name: 'config.volume',
    kind: 'list',
    describe: 'further directory with data of its own; may repeat',
    commands: CONFIG,
    functions: EDIT,
  },
  labels: {
    name: 'config.label',
    kind: 'list',
    describe: 'label, NAME=VALUE; may repeat',
    commands: CONFIG,
    functions: EDIT,
  },
  workingDir: {
    name: 'config.workingdir',
    kind: 'text',
    describe: 'directory in which the process starts',
    commands: CONFIG,
    functions: EDIT,
  },
  stopSignal: {
    name: 'config.stopsignal',
    kind: 'text',
    describe: 'signal that stops the process',
    commands: CONFIG,
    functions: EDIT,
  },
  created: {
    name: 'created',
    kind: 'text',
    describe: 'time of the image’s creation, as 2006-01-02T15:04:05Z',
    describeFor: { new: 'time of its creation, as 2006-01-02T15:04:05Z (SOURCE_DATE_EPOCH, or now)' },
    commands: NEW,
    functions: NEW_OR_EDIT,
  },
  author: { name: 'author', kind: 'text', describe: 'author of the image', commands: CONFIG, functions: EDIT },
  os: { name: 'platform.os', also: 'os', kind: 'text', describe: 'system', commands: NEW, functions: NEW_OR_EDIT },
  architecture: {
    name: 'platform.arch',
    also: 'architecture',
    kind: 'text',
    describe: 'architecture',
    commands: NEW,
    functions: NEW_OR_EDIT,
  },
  variant: {
    name: 'platform.variant',
    kind: 'text',
    describe: 'variant of the architecture',
    commands: NEW,
    functions: NEW_OR_EDIT,
  },
  annotations: {
    name: 'manifest.annotation',
    kind: 'list',
    describe: 'annotation of the manifest, NAME=VALUE; may repeat',
    commands: CONFIG,
    functions: EDIT,
  },
  clear: {
    name: 'clear',
    kind: 'list',
    describe: 'first remove all of: config.{labels,exposedports,env,volume,cmd,entrypoint}, manifest.annotations',
    commands: CONFIG,
    functions: EDIT,
  },
  statedName: { kind: 'choice', values: ['follows', 'stays'], functions: ['tagImage', 'editConfig'] },
  history: { kind: 'history', functions: STEP_FUNCTIONS },
  grace: {
    name: 'grace',
    kind: 'wholeNumber',
    least: 0,
    most: 1_000_000_000,
    describe: 'keep unnamed blobs that are newer than the index and younger than this, in seconds (3600)',
    commands: ['gc'],
    functions: ['collectGarbage'],
  },
} as const

const FROM_ANY_PLACE = 'the image: docker-archive:PATH[:REF], oci-archive:PATH[:REF], oci:DIR[:REF] or PATH[:REF]'

const WITH_TO =
  'the image: oci:DIR[:TAG] or DIR[:TAG]; with --to also docker-archive:PATH[:REF], oci-archive:PATH[:REF], PATH[:REF] or -'

/** The options that only the commands on layouts take. */
export const LAYOUT_COMMAND_LINE = {
  image: {
    name: 'image',
    kind: 'text',
    describe: 'the image: oci:DIR[:TAG] or DIR[:TAG]',
    describeFor: {
      config: WITH_TO,
      insert: WITH_TO,
      'raw add-layer': WITH_TO,
      append: WITH_TO,
      rebase: WITH_TO,
      flatten: WITH_TO,
      squash: WITH_TO,
      stat: FROM_ANY_PLACE,
      unpack: FROM_ANY_PLACE,
      export: FROM_ANY_PLACE,
      'raw unpack': FROM_ANY_PLACE,
      'raw runtime-config': FROM_ANY_PLACE,
      repack: 'the layout with the bundle’s image, and the tag of the new one: oci:DIR[:TAG] or DIR[:TAG]',
    },
    commands: [
      'new',
      'tag',
      'remove',
      'stat',
      ...STEP,
      'rebase',
      'unpack',
      'raw unpack',
      'raw runtime-config',
      'export',
    ],
  },
  old: { name: 'old', kind: 'text', describe: 'the base that the image has, from any place', commands: ['rebase'] },
  from: {
    name: 'from',
    kind: 'wholeNumber',
    least: 0,
    most: 1_000_000,
    describe: 'the lowest of the layers that become one, counted from 0 as inspect shows them',
    commands: ['squash'],
  },
  new: { name: 'new', kind: 'text', describe: 'the base that it gets, from any place', commands: ['rebase'] },
  layout: { name: 'layout', kind: 'text', describe: 'the layout directory', commands: ['init', 'list', 'gc'] },
  noHistory: { name: 'no-history', kind: 'switch', describe: 'add no step to the history', commands: STEP },
  historyAuthor: {
    name: 'history.author',
    kind: 'text',
    describe: 'author of the step in the history (the image’s)',
    commands: STEP,
  },
  historyComment: { name: 'history.comment', kind: 'text', describe: 'comment of the step', commands: STEP },
  historyCreated: {
    name: 'history.created',
    kind: 'text',
    describe: 'time of the step (SOURCE_DATE_EPOCH, or now)',
    commands: STEP,
  },
  historyCreatedBy: {
    name: 'history.created_by',
    kind: 'text',
    describe: 'what made the step (the command)',
    commands: STEP,
  },
} as const satisfies CommandLineEntries
