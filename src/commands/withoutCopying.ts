import type { Context } from '../bytes/context.js'
import type { WarningCode } from '../spec/warnings.js'

/** Codes of warnings about what a copy lacks. */
const OF_COPIES: ReadonlySet<string> = new Set<WarningCode>(['UNREACHED', 'SPARSE_INDEX', 'LEFT_OUT'])

/** Returns the context without the warnings that matter to copies alone. */
export function withoutCopying(context: Context): Context {
  return { ...context, warn: (warning) => (OF_COPIES.has(warning.code) ? undefined : context.warn(warning)) }
}
