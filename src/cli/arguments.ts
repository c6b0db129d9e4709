/** Stands for a lone `-`, of which yargs makes an empty string. */
const DASH = '\u0000-'

/** The arguments as yargs can take them. */
export function toArguments(args: readonly string[]): string[] {
  return args.map((arg) => (arg === '-' ? DASH : arg))
}

/** A positional argument as the user wrote it. */
export function fromArgument(arg: string): string {
  return arg === DASH ? '-' : arg
}
