import type { NamedOption, NamedOptions } from '../commands/optionEntry.js'

/** The value of an option, or its value if not given; undefined if it has no default. */
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

/** The values of all options of a command, by the library's names. */
export type OptionValues<Options extends NamedOptions = NamedOptions> = {
  readonly [Key in keyof Options]: ValueOf<Options[Key]>
}

/** A command of the command line. */
export interface Command<Options extends NamedOptions = NamedOptions> {
  options: Options
  /** Its arguments, named as in its help. */
  places: readonly string[]
  /** True if the last of them may repeat. */
  repeats?: true
  /** A hint for users who give more arguments. */
  ifMore: string
  run(values: OptionValues<Options>, places: readonly string[]): Promise<void>
}

/** The commands by all of their names. */
export type Commands = Readonly<Record<string, Command>>
