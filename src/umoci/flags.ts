/** A flag of a command line in the manner of urfave/cli: each name works with one dash and with two. */
export interface Flag {
  /** The first name is the one that the program asks for. */
  readonly names: readonly [string, ...string[]]
  /** A switch takes no value; a list may be given several times. */
  readonly kind: 'switch' | 'text' | 'list'
  readonly usage: string
  /** The value that the help names, if the flag is not given. */
  readonly usual?: string
  readonly isRequired?: true
  readonly isHidden?: true
}

/** The flags that were given, as a command asks for them. */
export class GivenFlags {
  readonly #values: ReadonlyMap<string, readonly string[]>

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values
  }

  /** True if the flag is given, even as `--flag=false` or with an empty value. */
  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** Returns the last value of a text; undefined if it is not given. */
  text(name: string): string | undefined {
    return this.#values.get(name)?.at(-1)
  }

  /** Returns all values of a list. */
  list(name: string): readonly string[] {
    return this.#values.get(name) ?? []
  }

  /** True if the switch is given and not as `--flag=false`. */
  isOn(name: string): boolean {
    return TRUTHS.has(this.text(name) ?? 'false')
  }
}

/** The spellings of true in Go's strconv.ParseBool. */
const TRUTHS: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])

const FALSEHOODS: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

/** True for a value that a switch takes. */
export function isTruthValue(value: string): boolean {
  return TRUTHS.has(value) || FALSEHOODS.has(value)
}
