import type { CommandModule } from 'yargs'
import type { CommandName } from '../commands/optionEntry.js'
import { helpOptions } from './helpOptions.js'

/** The help of one command. */
interface Help {
  name: CommandName
  /** How it is called, after its name. */
  usage: string
  describe: string
  more: string
  alias?: string
}

const HELP: readonly Help[] = [
  {
    name: 'init',
    usage: '--layout DIR',
    describe: 'make a layout without images',
    more: 'Makes an OCI image layout without images. The path must not exist.',
  },
  {
    name: 'new',
    usage: '--image DIR[:TAG]',
    describe: 'make an image without layers in a layout',
    more: 'Makes an image without layers in a layout that exists, under a tag (latest).',
  },
  {
    name: 'list',
    usage: '--layout DIR',
    describe: 'list the tags of a layout',
    more: 'Lists the tags of a layout, in the order of its index.',
  },
  {
    name: 'tag',
    usage: '--image DIR[:TAG] NEW-TAG',
    describe: 'give an image of a layout a further tag',
    more: 'Gives an image of a layout a further tag. A tag that is there moves, with a warning.',
  },
  {
    name: 'remove',
    alias: 'rm',
    usage: '--image DIR:TAG',
    describe: 'remove an image from the index of a layout',
    more: 'Removes an image from the index of a layout. Its blobs stay until gc.',
  },
  {
    name: 'stat',
    usage: '--image PATH[:REF]',
    describe: 'show manifest, config and history of one image',
    more: 'Shows manifest, config and history of one image, from any place.',
  },
  {
    name: 'config',
    usage: '--image DIR[:TAG]\n$0 config IMAGE --to PLACE',
    describe: 'change the config of an image',
    more: 'Changes the config of an image, and annotations of its manifest: in a layout, where without --tag its own tag moves to the changed image; or, with --to, from any place to another.',
  },
  {
    name: 'gc',
    usage: '--layout DIR',
    describe: 'remove the blobs of a layout that nothing names',
    more: 'Removes the blobs of a layout that nothing in its index reaches, and prints them.',
  },
]

const ARGUMENTS: Readonly<Record<string, string>> = { tag: '[new-tag]', config: '[image]' }

/** The help of the commands on layouts. */
export const LAYOUT_HELP: CommandModule[] = HELP.map(({ name, usage, describe, more, alias }) => ({
  command: [[name, ARGUMENTS[name] ?? []].flat().join(' '), alias ?? []].flat(),
  describe,
  builder: (argv) => argv.usage(`$0 ${name} ${usage}\n\n${more}`).options(helpOptions(name)),
  handler: () => {},
}))
