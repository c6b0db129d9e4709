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
  {
    command: 'raw',
    describe: 'parts of unpack: raw unpack, raw runtime-config',
    builder: (argv) => argv.command(RAW_UNPACK).command(RAW_CONFIG),
    handler: () => {},
  },
]
