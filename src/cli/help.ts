import yargs, { type CommandModule } from 'yargs'
import { GENERAL_OPTIONS } from '../commands/optionTable.js'
import { BUNDLE_HELP } from './helpBundle.js'
import { LAYOUT_HELP } from './helpLayout.js'
import { helpOptions } from './helpOptions.js'
import { VERSION } from './version.js'

/**
 * Prints the help of one command or of all. Only the help needs yargs, which takes longer to load than everything else.
 */
export async function printHelp(topic: string | undefined): Promise<void> {
  const { help, version } = GENERAL_OPTIONS
  await yargs([...(topic?.split(' ') ?? []), '--help'])
    .scriptName('transload')
    .usage(
      'Carries container images between docker save archives and the OCI image layout, without Docker.\n\n$0 COMMAND',
    )
    .command(CONVERT)
    .command(INSPECT)
    .command(LAYOUT_HELP)
    .command(BUNDLE_HELP)
    .command('umoci', 'take the place of umoci, as a link of this name does')
    .version(version.name, version.describe, VERSION)
    .alias(version.name, version.alias)
    .alias(help.name, help.alias)
    .describe(help.name, help.describe)
    .wrap(Math.min(process.stdout.columns || 80, 100))
    .epilog(EPILOG)
    .exitProcess(false)
    .parseAsync()
}

const CONVERT: CommandModule = {
  command: ['convert [source] [destination]', 'copy'],
  describe: 'convert images between archives and OCI image layouts',
  builder: (argv) =>
    argv
      .usage('$0 convert SOURCE DESTINATION\n\nConverts images between docker save archives and OCI image layouts.')
      .positional('source', {
        type: 'string',
        describe:
          'PATH of an archive or of a directory, - for standard input, or docker-archive:PATH[:REF], oci-archive:PATH[:REF], oci:DIR[:REF]',
      })
      .positional('destination', {
        type: 'string',
        describe:
          'FILE.tar (.tar.gz, .tgz, .tar.zst, .tzst), - for standard output, or docker-archive:FILE[:REF], oci-archive:FILE[:REF]: an archive; any other PATH, or oci:DIR[:REF]: a layout directory, made or added to',
      })
      .options(helpOptions('convert'))
      .epilog(EXAMPLES_OF_CONVERT),
  handler: () => {},
}

const INSPECT: CommandModule = {
  command: 'inspect [source]',
  describe: 'show what an archive or layout holds',
  builder: (argv) =>
    argv
      .usage(
        '$0 inspect SOURCE\n\nShows the format, the likely writer, the images with names, platforms, digests, layers and history, and oddities. A value that only whole layers could tell is –.',
      )
      .positional('source', {
        type: 'string',
        describe: 'as of convert: PATH, - or docker-archive:PATH[:REF], oci-archive:PATH[:REF], oci:DIR[:REF]',
      })
      .options(helpOptions('inspect'))
      .epilog(EXAMPLES_OF_INSPECT),
  handler: () => {},
}

/** Printed as the epilogue, because yargs breaks example commands across lines. */
const EXAMPLES_OF_CONVERT = `Examples:
  # all images of an archive, every byte kept
  transload convert app.tar oci:app

  # from a pipe, without a temporary copy
  docker save app:v1 | transload convert - oci:app

  # a layout as an archive that every docker load takes
  transload convert oci:app app.tar
  transload convert oci:app - | docker load

  # byte for byte as Docker 20.10 wrote it
  transload convert oci:app app.tar --format docker-legacy

  # compress the layers
  transload convert app.tar oci:app --layers gzip

  # one image of several
  transload convert docker-archive:all.tar:app:v1 oci:layout

  # into a layout that may have others, as v2
  transload convert app.tar oci:layout:v2

  # what was done, for a program
  transload convert app.tar oci:app --json`

const EXAMPLES_OF_INSPECT = `Examples:
  transload inspect app.tar
  transload inspect oci:layout:v1 --json
  docker save app:v1 | transload inspect -`

const EPILOG = `Examples:
  docker save app:v1 | transload convert - oci:app
  transload convert --help

Exit status: 0 done, 1 failed, 2 wrong usage, 70 a bug in transload,
130 interrupted, 141 the reader of the output went away.`
