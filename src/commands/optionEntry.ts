import type { ArchiveFormat } from '../spec/archiveFormat.js'
import type { ConvertOptions, InspectOptions } from './options.js'

/** What each function of the library takes; the command of its name has most of it, too. */
interface OptionsByFunction {
  convert: ConvertOptions
  inspect: InspectOptions
}

/** A command, and the function of the library that does its work. */
export type CommandName = keyof OptionsByFunction

/** What an option can be set to. */
type Shape =
  /** Of the library, a list of texts; on the command line it may be given again and again. */
  | { kind: 'list' }
  | { kind: 'text' }
  | { kind: 'wholeNumber'; most?: number }
  | { kind: 'choice'; values: readonly string[]; default?: string }
  /** A boolean; on the command line it has no value, is false unless it is given, and turned over if it is negated. */
  | { kind: 'switch'; isNegated?: true }
  /** A boolean that is `on` or `off` on the command line. */
  | { kind: 'onOff' }

/** What only a program can set an option to. */
type ProgramShape = { kind: 'signal' | 'function' }

/** How an option is written on the command line. */
interface Named {
  /** Its long name without dashes. */
  name: string
  /** Its letter. */
  alias?: string
}

/** How the command line has an option. */
interface OnCommandLine extends Named {
  describe: string
  /** Where the help of a command says something else. */
  describeFor?: { readonly [Name in CommandName]?: string }
  /** The commands that have it. */
  commands: readonly CommandName[]
}

/** The destinations that have a use for an option. */
interface AppliesTo {
  destinations: readonly (ArchiveFormat | 'layout')[]
  /** The values that only they have a use for; all of them if absent. */
  values?: readonly (string | boolean)[]
  /** What is said of the others, where `{format}` stands for how they are arranged. */
  otherwise: string
  hint?: string
}

/** How the library has an option. */
interface InLibrary {
  /** The functions that take it. */
  functions: readonly CommandName[]
  /** All destinations if absent. */
  appliesTo?: AppliesTo
}

type Without<Side> = { readonly [Key in keyof Side]?: never }

/** What is known of an option. */
export type OptionEntry = (DescribedOption | ((Shape | ProgramShape) & Without<OnCommandLine>)) &
  (InLibrary | Without<InLibrary>)

/** What has to be known of an option to read it from the command line. */
export type NamedOption = Shape & Named

/** What has to be known of an option to describe it, too. */
export type DescribedOption = Shape & OnCommandLine

/** Options that a command line may have. */
export type NamedOptions = Readonly<Record<string, NamedOption>>

/** Entries of the command line alone. */
export type CommandLineEntries = Readonly<Record<string, DescribedOption & Without<InLibrary>>>

type Properties = Required<ConvertOptions & InspectOptions>

/** An entry for every property of the functions' options, of its kind, and of no function that does not have it. */
export type LibraryEntries = {
  readonly [Name in keyof Properties]: OptionEntry & {
    functions: readonly FunctionsWith<Name>[]
  } & ShapeOf<Exclude<Properties[Name], undefined>>
}

type FunctionsWith<Name> = {
  [Function in CommandName]: Name extends keyof OptionsByFunction[Function] ? Function : never
}[CommandName]

/** The shape of what a property holds. */
type ShapeOf<Value> = [Value] extends [boolean]
  ? { kind: 'switch' | 'onOff' }
  : [Value] extends [string]
    ? TextOf<Value>
    : { kind: KindOf<Value> }

type TextOf<Value> = string extends Value ? { kind: 'text' } : { kind: 'choice'; values: readonly Value[] }

type KindOf<Value> = Value extends number
  ? 'wholeNumber'
  : Value extends readonly string[]
    ? 'list'
    : Value extends (...values: never[]) => void
      ? 'function'
      : 'signal'
