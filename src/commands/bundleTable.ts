const UNPACKING = ['unpack', 'raw unpack'] as const
const RUNNING = ['unpack', 'raw runtime-config'] as const
const ALL = ['unpack', 'raw unpack', 'raw runtime-config'] as const
const MAPPING = [...ALL, 'insert'] as const
const UNPACK_FUNCTIONS = ['unpack', 'unpackRootfs'] as const
const RUN_FUNCTIONS = ['unpack', 'unpackRootfs', 'runtimeConfig'] as const
const MAPPING_FUNCTIONS = [...RUN_FUNCTIONS, 'insert'] as const

/** The options of the functions that make bundles. */
export const BUNDLE_LIBRARY = {
  rootless: {
    name: 'rootless',
    kind: 'switch',
    describe: 'without root: all files are yours, and their owners are recorded where possible',
    describeFor: { insert: 'owners are those that the files record; without a record, root' },
    commands: MAPPING,
    functions: MAPPING_FUNCTIONS,
  },
  uidMap: {
    name: 'uid-map',
    kind: 'list',
    describe: 'user ids of the image on this machine, CONTAINER:HOST[:SIZE]; may repeat',
    commands: MAPPING,
    functions: MAPPING_FUNCTIONS,
  },
  gidMap: {
    name: 'gid-map',
    kind: 'list',
    describe: 'the same for group ids',
    commands: MAPPING,
    functions: MAPPING_FUNCTIONS,
  },
  keepDirlinks: {
    name: 'keep-dirlinks',
    kind: 'switch',
    describe: 'keep a link to a directory where a layer has a directory of its name',
    commands: UNPACKING,
    functions: UNPACK_FUNCTIONS,
  },
  runtimeTemplate: {
    name: 'runtime-template',
    kind: 'text',
    describe: 'a config.json to start from: the image’s settings are applied to it, all else of it stays',
    commands: RUNNING,
    functions: RUN_FUNCTIONS,
  },
  keepLabels: {
    name: 'keep-labels',
    kind: 'switch',
    describe: 'make annotations even of labels that are orders to container runtimes',
    commands: RUNNING,
    functions: RUN_FUNCTIONS,
  },
  rootfs: {
    name: 'rootfs',
    kind: 'text',
    describe: 'the unpacked files, in which users and groups are looked up',
    commands: ['raw runtime-config'],
    functions: ['runtimeConfig'],
  },
} as const
