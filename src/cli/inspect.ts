import type { Progress } from '../bytes/context.js'
import { commandOptions } from '../commands/optionsOf.js'
import { cutShort } from '../spec/cut.js'
import { ImageError } from '../spec/errors.js'
import type { Command, OptionValues } from './command.js'
import { EXIT } from './exit.js'
import { jsonLine } from './harmless.js'
import { printInspection } from './inspectText.js'
import { displayOf } from './progress.js'
import { withSignal } from './signals.js'

const OPTIONS = commandOptions('inspect')

/** `transload inspect SOURCE`. */
export const inspectCommand: Command<typeof OPTIONS> = {
  options: OPTIONS,
  places: ['SOURCE'],
  ifMore: 'for several sources: for file in *.tar; do transload inspect "$file"; done',
  run,
}

async function run(values: OptionValues<typeof OPTIONS>, [place]: readonly string[]): Promise<void> {
  const { json, ...options } = values
  if (place === undefined) {
    throw new ImageError('USAGE', 'the source is missing', { expected: 'transload inspect SOURCE' })
  }
  const { inspect } = await import('../commands/inspect.js')
  // Only a full inspection takes long enough for progress.
  const display = options.full ? displayOf('auto', process.stderr) : undefined
  const onProgress = display && ((progress: Progress) => display.onProgress(progress))
  const inspection = await withSignal((signal) => inspect(place, { ...options, signal, onProgress })).finally(() =>
    display?.close(),
  )
  process.stdout.write(json ? jsonLine(inspection) : fitted(printInspection(place, inspection)))
  if ((inspection.verified?.faults ?? 0) > 0) process.exitCode = EXIT.failed
}

/** Cuts long lines for a terminal, where wrapping would break the columns; leaves them whole for a file or a pipe. */
function fitted(text: string): string {
  const { isTTY, columns } = process.stdout
  if (!isTTY) return text
  return text
    .split('\n')
    .map((line) => (line.length <= columns ? line : cutShort(line, columns - 1)))
    .join('\n')
}
