import type { CommandModule } from 'yargs'
import { helpOptions } from './helpOptions.js'

const UNPACK: CommandModule = {
  command: 'unpack [bundle]',
  describe: 'unpack an image to a runtime bundle',
  builder: (argv) =>
    argv
      .usage(
        '$0 unpack --image PATH[:REF] BUNDLE\n\nUnpacks an image to a directory that runc and crun run: its files in rootfs, and config.json. Names and links of the image are resolved within rootfs, never on this machine. BUNDLE is made; nothing in it has its name before all is written and checked.',
      )
      .options(helpOptions('unpack'))
      .epilog(EXAMPLES),
  handler: () => {},
}

const RAW_UNPACK: CommandModule = {
  command: 'unpack [rootfs]',
  describe: 'unpack the files of an image and nothing else',
  builder: (argv) =>
    argv
      .usage('$0 raw unpack --image PATH[:REF] ROOTFS\n\nUnpacks the layers of an image to a new or empty directory.')
      .options(helpOptions('raw unpack')),
  handler: () => {},
}

const RAW_CONFIG: CommandModule = {
  command: ['runtime-config [config]', 'config'],
  describe: 'write the config.json of an image for a runtime',
  builder: (argv) =>
    argv
      .usage(
        '$0 raw runtime-config --image PATH[:REF] CONFIG.json\n\nWrites the config that an OCI runtime needs to run an image. A file that exists is overwritten.',
      )
      .options(helpOptions('raw runtime-config')),
  handler: () => {},
}

const REPACK: CommandModule = {
  command: 'repack [bundle]',
  describe: 'make a layer of what changed in a bundle',
  builder: (argv) =>
    argv
      .usage(
        '$0 repack --image DIR[:TAG] BUNDLE\n\nMakes a layer of what changed in a bundle since it was unpacked, and with it a new image in the layout that has the bundle’s image, under TAG. Without a tag, the names of the bundle’s image move to the new one. Without changes, the image stays as it is.',
      )
      .options(helpOptions('repack'))
      .epilog(EXAMPLES_OF_REPACK),
  handler: () => {},
}

const INSERT: CommandModule = {
  command: 'insert [source] [target]',
  describe: 'add files to an image, or remove some',
  builder: (argv) =>
    argv
      .usage(
        '$0 insert --image DIR[:TAG] SOURCE TARGET\n$0 insert --image DIR[:TAG] --whiteout TARGET\n\nAdds a layer with the file or directory SOURCE as TARGET, or one that removes TARGET. Layers below keep what they have: this is no way to remove a secret. With --to, IMAGE is of any place, and the changed one is written to another.',
      )
      .options(helpOptions('insert')),
  handler: () => {},
}

const ADD_LAYER: CommandModule = {
  command: 'add-layer [layer]',
  describe: 'add a tar to an image as its last layer',
  builder: (argv) =>
    argv
      .usage(
        '$0 raw add-layer --image DIR[:TAG] LAYER.tar\n\nAdds an uncompressed tar to an image as its last layer. With --to, the image is of any place, and the changed one is written to another.',
      )
      .options(helpOptions('raw add-layer')),
  handler: () => {},
}

const APPEND: CommandModule = {
  command: 'append [layers...]',
  describe: 'add tars to an image, each as a layer',
  builder: (argv) =>
    argv
      .usage(
        '$0 append --image DIR[:TAG] LAYER.tar...\n$0 append --image IMAGE --to PLACE LAYER.tar...\n\nAdds tars to an image, each as one more layer with a step of the history; to all of its platforms, unless --platform chooses one. What is compressed with gzip or zstd keeps its bytes. - is standard input. With --to, IMAGE is of any place, and the changed one is written to another.',
      )
      .options(helpOptions('append')),
  handler: () => {},
}

const FLATTEN: CommandModule = {
  command: 'flatten [image]',
  describe: 'make one layer of all layers of an image',
  builder: (argv) =>
    argv
      .usage(
        '$0 flatten --image DIR[:TAG]\n$0 flatten IMAGE --to PLACE\n\nMakes one layer of all layers of an image, with the same file system; on all of its platforms, unless --platform chooses one. Files that upper layers removed are gone. The old steps stay in the history. With --to, IMAGE is of any place, and the changed one is written to another.',
      )
      .options(helpOptions('flatten')),
  handler: () => {},
}

const SQUASH: CommandModule = {
  command: 'squash [image]',
  describe: 'make one layer of the upper layers of an image',
  builder: (argv) =>
    argv
      .usage(
        '$0 squash --image DIR[:TAG] --from N\n$0 squash IMAGE --from N --to PLACE\n\nMakes one layer of layer N and those above it, with the same file system. The layers below keep their bytes.',
      )
      .options(helpOptions('squash')),
  handler: () => {},
}

const REBASE: CommandModule = {
  command: 'rebase [image]',
  describe: 'put an image on another base',
  builder: (argv) =>
    argv
      .usage(
        '$0 rebase --image DIR[:TAG] --old BASE --new BASE\n$0 rebase IMAGE --old BASE --new BASE --to PLACE\n\nReplaces the lowest layers of an image, which have to be those of the old base, by the layers of the new one; on all of its platforms, unless --platform chooses one. The image keeps its own config, but for layers and history. With --to, IMAGE is of any place, and the changed one is written to another.',
      )
      .options(helpOptions('rebase')),
  handler: () => {},
}

const VALIDATE: CommandModule = {
  command: 'mtree-validate [file] [directory]',
  describe: 'compare a directory with an mtree file',
  builder: (argv) =>
    argv
      .usage(
        '$0 raw mtree-validate FILE.mtree DIRECTORY\n\nCompares a directory with an mtree file, and prints the differences.',
      )
      .options(helpOptions('raw mtree-validate')),
  handler: () => {},
}

const EXPORT: CommandModule = {
  command: 'export [image] [file]',
  describe: 'write the files of an image as one tar',
  builder: (argv) =>
    argv
      .usage(
        '$0 export IMAGE [FILE.tar]\n\nWrites the file system of an image as one tar, as docker export does for a container, without unpacking it. Without a file, to standard output.',
      )
      .options(helpOptions('export'))
      .epilog(EXAMPLES_OF_EXPORT),
  handler: () => {},
}

const EXAMPLES_OF_EXPORT = `Examples:
  # look at one file of an image
  transload export app.tar | tar -xO etc/os-release

  # from a pipe to a compressed tar
  docker save app | transload export - rootfs.tar.zst

  # another platform's files
  transload export oci:layout:v1 --platform linux/arm64 -o rootfs.tar`

const EXAMPLES_OF_REPACK = `Examples:
  # change an image without Docker
  transload unpack --image oci:layout:v1 bundle
  cp app bundle/rootfs/usr/bin/
  transload repack --image oci:layout:v2 bundle`

const EXAMPLES = `Examples:
  # run an image without Docker
  transload unpack --image app.tar:app:v1 bundle
  runc run -b bundle c1

  # from a pipe, without root
  docker save app | transload unpack --rootless --image - bundle

  # another platform's files
  transload unpack --image oci:layout:v1 --platform linux/arm64 bundle`

/** The help of the commands that make bundles. */
export const BUNDLE_HELP: CommandModule[] = [
  UNPACK,
  EXPORT,
  REPACK,
  INSERT,
  APPEND,
  REBASE,
  FLATTEN,
  SQUASH,
  {
    command: 'raw',
    describe: 'parts of these: raw unpack, raw runtime-config, raw add-layer, raw mtree-validate',
    builder: (argv) => argv.command(RAW_UNPACK).command(RAW_CONFIG).command(ADD_LAYER).command(VALIDATE),
    handler: () => {},
  },
]
