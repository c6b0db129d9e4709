import type { Options } from '../bytes/context.js'
import { ImageError } from '../spec/errors.js'
import { withSignal } from './signals.js'
import { WarningLines } from './warningLines.js'

/** Runs a function of the library: signals stop it, and its warnings are printed. */
export async function working<T>(work: (options: Pick<Options, 'signal' | 'onWarning'>) => Promise<T>): Promise<T> {
  const warnings = new WarningLines({ line: (text) => process.stderr.write(`${text}\n`) })
  const onWarning = (warning: Parameters<typeof warnings.add>[0]) => warnings.add(warning)
  return withSignal((signal) => work({ signal, onWarning })).finally(() => warnings.close())
}

/** Returns an option or argument that has to be given. @throws ImageError USAGE */
export function needed(value: string | undefined, what: string, expected: string): string {
  if (value !== undefined && value !== '') return value
  throw new ImageError('USAGE', `${what} is missing`, { expected })
}
