import type { ConvertOptions } from '../commands/options.js'
import type { Conversion, ImageReport } from '../image/report.js'
import type { ArchiveFormat } from '../spec/archiveFormat.js'
import type { GzipCompressor, LayerChoice } from '../spec/compression.js'
import { ImageError } from '../spec/errors.js'
import { familiarName } from '../spec/reference.js'
import { isArchivePlace, isStandardOutput, parsePlace } from '../transport/places.js'
import type { Command } from './command.js'
import { CONVERT_OPTIONS } from './convertOptions.js'
import { jsonLine, oneLine, oneShortLine } from './harmless.js'
import { keepHeapSmall } from './heap.js'
import { type Display, displayOf, type ProgressStyle } from './progress.js'
import { withSignal } from './signals.js'
import { printBytes, printDuration } from './units.js'
import { WarningLines } from './warningLines.js'

interface Arguments {
  image: string[]
  platform: string[]
  tag: string[]
  addTag: string[]
  layers: LayerChoice
  level?: number
  compressor?: GzipCompressor
  stripAttestations: boolean
  stripReferrers: boolean
  format?: ArchiveFormat
  force: boolean
  noReplace: boolean
  uname?: string
  typeBits?: 'on' | 'off'
  timeZone?: string
  jobs?: number
  strict: boolean
  json: boolean
  progress: ProgressStyle
  quiet: boolean
}

/** `transload convert SOURCE DESTINATION`. */
export const convertCommand: Command = {
  options: CONVERT_OPTIONS,
  places: ['SOURCE', 'DESTINATION'],
  ifMore: 'for several sources: for file in *.tar; do transload convert "$file" oci:DIR; done',
  // The options say what their values are.
  run: (values, places) => run(values as unknown as Arguments, places),
}

async function run(args: Arguments, places: readonly string[]): Promise<void> {
  keepHeapSmall()
  const display = args.quiet ? undefined : displayOf(args.progress, process.stderr)
  const warnings = new WarningLines(display ?? STDERR)
  const started = performance.now()
  // Not for the help, nor for other commands: most of the program stands behind it.
  const { convert } = await import('../commands/convert.js')
  try {
    const conversion = await withSignal((signal) => {
      const [source, destination] = bothOf(places)
      return convert(source, destination, {
        ...convertOptions(args, display),
        onWarning: (warning) => warnings.add(warning),
        signal,
      })
    }).finally(() => warnings.close())
    display?.close()
    if (args.json) jsonStream(places).write(printJSON(conversion))
    else if (display !== undefined) process.stderr.write(summary(conversion, performance.now() - started))
  } finally {
    display?.close()
  }
}

/** Where the report goes: not among the bytes of an archive. */
function jsonStream([, destination = '']: readonly string[]): NodeJS.WritableStream {
  const place = parsePlace(destination, 'destination')
  return isArchivePlace(place) && isStandardOutput(place.path) ? process.stderr : process.stdout
}

function bothOf([source, destination]: readonly string[]): [string, string] {
  if (source !== undefined && destination !== undefined) return [source, destination]
  const missing = source === undefined ? 'the source and the destination are' : 'the destination is'
  throw new ImageError('USAGE', `${missing} missing`, { expected: 'transload convert SOURCE DESTINATION' })
}

function convertOptions(args: Arguments, display: Display | undefined): ConvertOptions {
  return {
    images: args.image,
    platforms: args.platform,
    tags: args.tag,
    addTags: args.addTag,
    layers: args.layers,
    stripAttestations: args.stripAttestations,
    stripReferrers: args.stripReferrers,
    strict: args.strict,
    force: args.force,
    replace: !args.noReplace,
    ...(args.format === undefined ? {} : { format: args.format }),
    ...(args.uname === undefined ? {} : { uname: args.uname }),
    ...(args.typeBits === undefined ? {} : { typeBits: args.typeBits === 'on' }),
    ...(args.timeZone === undefined ? {} : { timeZone: args.timeZone }),
    ...(args.level === undefined ? {} : { level: args.level }),
    ...(args.compressor === undefined ? {} : { compressor: args.compressor }),
    ...(args.jobs === undefined ? {} : { jobs: args.jobs }),
    ...(display === undefined ? {} : { onProgress: (progress) => display.onProgress(progress) }),
  }
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
