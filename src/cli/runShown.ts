import type { Options } from '../bytes/context.js'
import { jsonLine } from './harmless.js'
import { keepHeapSmall } from './heap.js'
import { jsonStream } from './jsonStream.js'
import { displayOf, type ProgressStyle } from './progress.js'
import { withSignal } from './signals.js'
import { printDuration } from './units.js'
import { WarningLines } from './warningLines.js'

/** How work and its result are shown. */
interface Style {
  json: boolean
  progress: ProgressStyle
  quiet: boolean
}

type Signals = Pick<Options, 'signal' | 'onWarning' | 'onProgress'>

/** Runs the work with progress and warnings, and prints the result: as JSON, or a summary where progress is shown. */
export async function runShown<Values extends Style & { to?: string | undefined }, Result extends object>(
  { json, progress, quiet, ...options }: Values,
  summary: (result: Result) => string,
  work: (options: Omit<Values, keyof Style> & Signals) => Promise<Result>,
): Promise<void> {
  keepHeapSmall()
  const display = quiet ? undefined : displayOf(progress, process.stderr)
  const warnings = new WarningLines(display ?? { line: (text) => process.stderr.write(`${text}\n`) })
  const started = performance.now()
  try {
    const result = await withSignal((signal) =>
      work({
        ...options,
        signal,
        onWarning: (warning) => warnings.add(warning),
        onProgress: display && ((piece) => display.onProgress(piece)),
      }),
    ).finally(() => warnings.close())
    display?.close()
    if (json) jsonStream(options.to).write(jsonLine(result))
    else if (display !== undefined) {
      process.stderr.write(`${summary(result)}, ${printDuration(performance.now() - started)}\n`)
    }
  } finally {
    display?.close()
  }
}
