import type { NamedOption, NamedOptions } from '../commands/optionEntry.js'

/** What an option is given, or is without; undefined if nothing is said of it. */
type ValueOf<Option extends NamedOption> = Option extends { kind: 'list' }
  ? string[]
  : Option extends { kind: 'switch' }
    ? boolean
    : Option extends { default: string; values: readonly (infer Value)[] }
      ? Value
      : GivenOf<Option> | undefined

type GivenOf<Option extends NamedOption> = Option extends { kind: 'choice'; values: readonly (infer Value)[] }
  ? Value
  : Option extends { kind: 'onOff' }
    ? boolean
    : Option extends { kind: 'wholeNumber' }
      ? number
      : string

/** The values of all options of a command, by what the library calls them. */
export type OptionValues<Options extends NamedOptions = NamedOptions> = {
  readonly [Key in keyof Options]: ValueOf<Options[Key]>
}

/** What a command takes, and does. */
export interface Command<Options extends NamedOptions = NamedOptions> {
  options: Options
  /** Its arguments, as its help names them. */
  places: readonly string[]
  /** What may help whoever gives more of them. */
  ifMore: string
  run(values: OptionValues<Options>, places: readonly string[]): Promise<void>
}

/** Commands by all of their names. */
export type Commands = Readonly<Record<string, Command>>
