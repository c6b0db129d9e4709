import type { Options } from '../bytes/context.js'
import type { ArchiveFormat } from '../spec/archiveFormat.js'
import type { GlobalClass } from '../spec/globals.js'
import type { RuntimeConfigOptions, UnpackOptions } from './bundleOptions.js'
import type {
  AddLayerOptions,
  ExportRootfsOptions,
  InsertOptions,
  RebaseOptions,
  RepackOptions,
  SquashOptions,
  ValidateOptions,
} from './layerOptions.js'
import type { ConfigEdit, GarbageOptions, NewImageOptions, StatOptions, TagOptions } from './layoutOptions.js'
import type { ConvertOptions, InspectOptions } from './options.js'

/** The options of each function of the library. Its command has most of them, too. */
interface OptionsByFunction {
  convert: ConvertOptions
  inspect: InspectOptions
  newImage: NewImageOptions
  tagImage: TagOptions
  removeTag: Options
  stat: StatOptions
  collectGarbage: GarbageOptions
  editConfig: ConfigEdit
  unpack: UnpackOptions
  unpackRootfs: UnpackOptions
  runtimeConfig: RuntimeConfigOptions
  repack: RepackOptions
  insert: InsertOptions
  insertWhiteout: AddLayerOptions
  addLayer: AddLayerOptions
  exportRootfs: ExportRootfsOptions
  append: AddLayerOptions
  rebase: RebaseOptions
  flatten: SquashOptions
  squash: SquashOptions
  validateMtree: ValidateOptions
}

/** The name of a function of the library that has options. */
export type FunctionName = keyof OptionsByFunction

/** The name of a command. */
export type CommandName =
  | 'convert'
  | 'inspect'
  | 'init'
  | 'new'
  | 'list'
  | 'tag'
  | 'remove'
  | 'stat'
  | 'gc'
  | 'config'
  | 'unpack'
  | 'raw unpack'
  | 'raw runtime-config'
  | 'repack'
  | 'insert'
  | 'raw add-layer'
  | 'export'
  | 'append'
  | 'rebase'
  | 'flatten'
  | 'squash'
  | 'raw mtree-validate'

/** The values that an option takes. */
type Shape =
  /** In the library, a list of texts; on the command line, an option that may repeat. */
  | { kind: 'list' }
  | { kind: 'text' }
  /** Without a limit of its own, `most`, it is checked together with other options. */
  | { kind: 'wholeNumber'; least?: number; most?: number }
  | { kind: 'choice'; values: readonly string[]; default?: string }
  /** A boolean. On the command line it takes no value and is false unless given; a negated one is the opposite. */
  | { kind: 'switch'; isNegated?: true }
  /** A boolean; on the command line, `on` or `off`. */
  | { kind: 'onOff' }

/** Values that only a program can set. */
type ProgramShape = { kind: 'signal' | 'function' | 'history' }

/** The notation of an option on the command line. */
interface Named {
  /** Its long name without dashes. */
  name: string
  /** Its one-letter form. */
  alias?: string
  /** Another long name without dashes. */
  also?: string
  /** True if its value may start with a dash. */
  takesDash?: true
}

/** An option of the command line. */
interface OnCommandLine extends Named {
  describe: string
  /** Other descriptions for the help of some commands. */
  describeFor?: { readonly [Name in CommandName]?: string }
  /** The commands that take it. */
  commands: readonly CommandName[]
}

/** The destinations that an option applies to. */
interface AppliesTo {
  destinations: readonly (ArchiveFormat | 'layout')[]
  /** The values that apply only there; all of them if absent. */
  values?: readonly (string | boolean)[]
  /** The message for other destinations; `{format}` stands for their format. */
  otherwise: string
  hint?: string
}

/** An option of the library. */
interface InLibrary {
  /** The functions that take it. */
  functions: readonly FunctionName[]
  /** The destinations that it applies to; all if absent. */
  appliesTo?: AppliesTo
}

type Without<Side> = { readonly [Key in keyof Side]?: never }

/** An entry of the option table. */
export type OptionEntry = (DescribedOption | ((Shape | ProgramShape) & Without<OnCommandLine>)) &
  (InLibrary | Without<InLibrary>)

/** An option, as needed to read it from the command line. */
export type NamedOption = Shape & Named

/** An option, as needed to describe it in the help. */
export type DescribedOption = Shape & OnCommandLine

/** The options of a command line. */
export type NamedOptions = Readonly<Record<string, NamedOption>>

/** Entries for the command line alone. */
export type CommandLineEntries = Readonly<Record<string, DescribedOption & Without<InLibrary>>>

type Properties = Required<
  ConvertOptions &
    InspectOptions &
    NewImageOptions &
    TagOptions &
    StatOptions &
    GarbageOptions &
    ConfigEdit &
    UnpackOptions &
    RuntimeConfigOptions &
    RepackOptions &
    InsertOptions &
    RebaseOptions &
    ValidateOptions
>

/** Requires an entry for every property of the functions' options, with the right kind and functions. */
export type LibraryEntries = {
  readonly [Name in keyof Properties]: OptionEntry & {
    functions: readonly FunctionsWith<Name>[]
  } & ShapeOf<Exclude<Properties[Name], undefined>>
}

type FunctionsWith<Name> = {
  [Function in FunctionName]: Name extends keyof OptionsByFunction[Function] ? Function : never
}[FunctionName]

/** The shape of an option for a property's type. */
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
      : Value extends GlobalClass<'AbortSignal'>
        ? 'signal'
        : 'history'
