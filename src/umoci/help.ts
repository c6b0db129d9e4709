import type { CommandGroup, UmociCommand } from './command.js'
import { GLOBAL, HELP } from './flagSets.js'
import type { Flag } from './flags.js'
import { EXECUTABLE, HELP_LINE, VERSION_OF_UMOCI } from './names.js'

type Row = readonly [first: string, second: string]

/** Returns the help of the program, which has these commands and one group of further ones. */
export function helpOfProgram(commands: readonly UmociCommand[], group: CommandGroup): string {
  return [
    'NAME:',
    `   ${EXECUTABLE} - umoci modifies Open Container images`,
    '',
    'USAGE:',
    `   ${EXECUTABLE} [global options] command [command options] [arguments...]`,
    '',
    'VERSION:',
    `   ${VERSION_OF_UMOCI}`,
    '',
    'COMMANDS:',
    ...columns([[group.name, group.usage], HELP_LINE], '   '),
    ...listed(commands),
    '',
    'GLOBAL OPTIONS:',
    ...columns(flagRows(GLOBAL), '   '),
    '',
  ].join('\n')
}

/** Returns the help of one command; `path` is what stands in front of its name. */
export function helpOfCommand({ name, usage, syntax, about, category, flags }: UmociCommand, path: string): string {
  const options = flags.length === 0 ? '' : ' [command options]'
  return [
    'NAME:',
    `   ${path} ${name} - ${usage}`,
    '',
    'USAGE:',
    `   ${path} ${name}${options} ${syntax}`,
    '',
    about,
    '',
    'CATEGORY:',
    `   ${category}`,
    '',
    ...(flags.length === 0 ? [] : ['OPTIONS:', ...columns(flagRows(flags), '   '), '   ']),
    '',
  ].join('\n')
}

/** Returns the help of a group of commands. */
export function helpOfGroup({ name, usage, syntax, about, commands }: CommandGroup): string {
  return [
    'NAME:',
    `   ${EXECUTABLE} ${name} - ${usage}`,
    '',
    'USAGE:',
    `   ${EXECUTABLE} ${name} command [command options] ${syntax}`,
    '',
    about,
    '',
    'COMMANDS:',
    ...listed(commands),
    '',
    'OPTIONS:',
    ...columns(flagRows([HELP]), '   '),
    '   ',
    '',
  ].join('\n')
}

/** Lists commands by their categories, which are sorted; the hidden are left out. */
function listed(commands: readonly UmociCommand[]): string[] {
  const shown = commands.filter(({ isHidden }) => isHidden !== true)
  const categories = [...new Set(shown.map(({ category }) => category))].sort()
  return categories.flatMap((category) => {
    const rows = shown.filter((command) => command.category === category).map(rowOf)
    return ['', `   ${category}:`, ...columns(rows, '     ')]
  })
}

function rowOf({ name, aliases = [], usage }: UmociCommand): Row {
  return [[name, ...aliases].join(', '), usage]
}

function flagRows(flags: readonly Flag[]): Row[] {
  return flags.filter(({ isHidden }) => isHidden !== true).map((flag) => [spelled(flag), explained(flag)])
}

function spelled({ names, kind }: Flag): string {
  const value = kind === 'switch' ? '' : ' value'
  return names.map((name) => `${name.length === 1 ? '-' : '--'}${name}${value}`).join(', ')
}

function explained({ usage, usual }: Flag): string {
  return usual === undefined ? usage : `${usage} (default: ${JSON.stringify(usual)})`
}

/** Aligns the second cells. The first are filled up even where the second is empty, as Go's tabwriter does. */
function columns(rows: readonly Row[], indent: string): string[] {
  const width = Math.max(...rows.map(([first]) => first.length)) + 2
  return rows.map(([first, second]) => `${indent}${first.padEnd(width)}${second}`)
}
