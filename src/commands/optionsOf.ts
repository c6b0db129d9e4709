import type { CommandName, FunctionName, OptionEntry } from './optionEntry.js'
import { OPTION_TABLE } from './optionTable.js'

type Table = typeof OPTION_TABLE
type Side = 'commands' | 'functions'

type OptionsOf<Of extends Side, Name extends string> = {
  readonly [Key in keyof Table as Table[Key] extends Readonly<Record<Of, readonly (infer Names)[]>>
    ? Name extends Names
      ? Key
      : never
    : never]: Table[Key]
}

/** Returns the options of a command by the library's names, in the table's order. */
export function commandOptions<Name extends CommandName>(name: Name): OptionsOf<'commands', Name> {
  return optionsOf('commands', name)
}

/** Returns the options of a function of the library by their properties' names, in the table's order. */
export function functionOptions<Name extends FunctionName>(name: Name): OptionsOf<'functions', Name> {
  return optionsOf('functions', name)
}

function optionsOf<Of extends Side, Name extends string>(side: Of, name: Name): OptionsOf<Of, Name> {
  const all: [string, OptionEntry][] = Object.entries(OPTION_TABLE)
  const its = all.filter(([, entry]) => entry[side]?.some((one) => one === name) === true)
  // Safe: the type selects entries by the same rule as the filter.
  return Object.fromEntries(its) as OptionsOf<Of, Name>
}
