import type { CommandGroup, UmociCommand } from './command.js'
import { CONFIG_COMMAND } from './configCommand.js'
import { INSERT, REPACK } from './layerCommands.js'
import { GC, INIT, LIST } from './layoutCommands.js'
import { ADD_LAYER, MTREE_VALIDATE, RAW_CONFIG, RAW_UNPACK } from './rawCommands.js'
import { NEW, REMOVE, STAT, TAG_COMMAND } from './tagCommands.js'
import { UNPACK } from './unpackCommand.js'

/** The commands that stand alone, in the order of the help. */
export const TOP: readonly UmociCommand[] = [
  CONFIG_COMMAND,
  UNPACK,
  REPACK,
  GC,
  INIT,
  NEW,
  TAG_COMMAND,
  REMOVE,
  LIST,
  STAT,
  INSERT,
]

/** The only group of commands. */
export const GROUP: CommandGroup = {
  name: 'raw',
  usage: 'parts of the other commands, for those who know the formats',
  syntax: 'raw <command> [<args>...]',
  about: `Each of these commands does one step of what umoci-unpack(1), umoci-repack(1)
and umoci-insert(1) do. Most users need only those.`,
  commands: [ADD_LAYER, RAW_CONFIG, RAW_UNPACK, MTREE_VALIDATE],
}
