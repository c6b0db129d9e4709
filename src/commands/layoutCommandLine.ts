import { STEP_COMMANDS } from './commandLists.js'
import type { CommandLineEntries } from './optionEntry.js'

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
      ...STEP_COMMANDS,
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
  noHistory: { name: 'no-history', kind: 'switch', describe: 'add no step to the history', commands: STEP_COMMANDS },
  historyAuthor: {
    name: 'history.author',
    kind: 'text',
    describe: 'author of the step in the history (the image’s)',
    commands: STEP_COMMANDS,
  },
  historyComment: { name: 'history.comment', kind: 'text', describe: 'comment of the step', commands: STEP_COMMANDS },
  historyCreated: {
    name: 'history.created',
    kind: 'text',
    describe: 'time of the step (SOURCE_DATE_EPOCH, or now)',
    commands: STEP_COMMANDS,
  },
  historyCreatedBy: {
    name: 'history.created_by',
    kind: 'text',
    describe: 'what made the step (the command)',
    commands: STEP_COMMANDS,
  },
} as const satisfies CommandLineEntries
