import { commandOptions } from '../commands/optionsOf.js'
import type { Conversion, ImageReport } from '../image/report.js'
import { ImageError } from '../spec/errors.js'
import { familiarName } from '../spec/reference.js'
import type { Command, OptionValues } from './command.js'
import { jsonLine, oneLine, oneShortLine } from './harmless.js'
import { keepHeapSmall } from './heap.js'
import { jsonStream } from './jsonStream.js'
import { displayOf } from './progress.js'
import { withSignal } from './signals.js'
import { printBytes, printDuration } from './units.js'
import { WarningLines } from './warningLines.js'

const OPTIONS = commandOptions('convert')

/** `transload convert SOURCE DESTINATION`. */
export const convertCommand: Command<typeof OPTIONS> = {
  options: OPTIONS,
  places: ['SOURCE', 'DESTINATION'],
  ifMore: 'for several sources: for file in *.tar; do transload convert "$file" oci:DIR; done',
  run,
}

async function run(values: OptionValues<typeof OPTIONS>, places: readonly string[]): Promise<void> {
  const { json, progress: style, quiet, ...options } = values
  keepHeapSmall()
  const display = quiet ? undefined : displayOf(style, process.stderr)
  const warnings = new WarningLines(display ?? STDERR)
  const started = performance.now()
  // Loaded only now: neither the help nor other commands need most of the program.
  const { convert } = await import('../commands/convert.js')
  try {
    const conversion = await withSignal((signal) => {
      const [source, destination] = bothOf(places)
      return convert(source, destination, {
        ...options,
        onProgress: display && ((progress) => display.onProgress(progress)),
        onWarning: (warning) => warnings.add(warning),
        signal,
      })
    }).finally(() => warnings.close())
    display?.close()
    if (json) jsonStream(places[1]).write(printJSON(conversion))
    else if (display !== undefined) process.stderr.write(summary(conversion, performance.now() - started))
  } finally {
    display?.close()
  }
}

function bothOf([source, destination]: readonly string[]): [string, string] {
  if (source !== undefined && destination !== undefined) return [source, destination]
  const missing = source === undefined ? 'the source and the destination are' : 'the destination is'
  throw new ImageError('USAGE', `${missing} missing`, { expected: 'transload convert SOURCE DESTINATION' })
}

const STDERR = { line: (text: string) => process.stderr.write(`${text}\n`) }

function printJSON({ images, warnings, compressor }: Conversion): string {
  return jsonLine({ images, warnings, compressor })
}

function summary({ images, compressor, bytesRead, bytesWritten }: Conversion, milliseconds: number): string {
  const rows = images.map(imageRow).join('')
  const count = new Set(images.map(({ digest }) => digest)).size
  const by = compressor === null ? '' : `, compressed by ${compressor}`
  const total = `${count} ${count === 1 ? 'image' : 'images'}, ${printBytes(bytesRead)} read, ${printBytes(bytesWritten)} written${by}, ${printDuration(milliseconds)}`
  return `${rows}${total}\n`
}

function imageRow({ reference, digest, platform, manifests, size }: ImageReport): string {
  const name = reference === null ? '<untagged>' : familiarName(reference)
  const kind = platform ?? `${manifests?.length ?? 0} manifests`
  return `${oneShortLine(name)}  ${oneShortLine(kind)}  ${printBytes(size)}  ${oneLine(digest)}\n`
}
