import type { OptionTable, OptionValue } from './checkOption.js'

/** The values of all options of a command, by their names in camelCase; undefined where there is no default. */
export type OptionValues = Readonly<Record<string, OptionValue | OptionValue[] | undefined>>

/** What a command takes, and does. */
export interface Command {
  options: OptionTable
  /** Its arguments, as its help names them. */
  places: readonly string[]
  /** What may help whoever gives more of them. */
  ifMore: string
  run(values: OptionValues, places: readonly string[]): Promise<void>
}

/** Commands by all of their names. */
export type Commands = Readonly<Record<string, Command>>
