import type { Argv, CommandModule, Options } from 'yargs'
import type { Progress } from '../bytes/context.js'
import type { InspectOptions } from '../inspect.js'
import { cutShort } from '../spec/cut.js'
import { ImageError } from '../spec/errors.js'
import { fromArgument } from './arguments.js'
import { EXIT } from './exit.js'
import { jsonLine } from './harmless.js'
import { printInspection } from './inspectText.js'
import { displayOf } from './progress.js'
import { withSignal } from './signals.js'

interface Arguments {
  source?: string
  image: string[]
  full: boolean
  strict: boolean
  json: boolean
}

/** `transload inspect SOURCE`. */
export const inspectCommand: CommandModule<object, Arguments> = {
  command: 'inspect [source]',
  describe: 'show what an archive or layout holds',
  builder: (argv) => options(argv).epilog(EXAMPLES),
  handler: run,
}

function options(argv: Argv): Argv<Arguments> {
  return argv
    .usage(
      '$0 inspect SOURCE\n\nShows format and likely writer, images with names, platforms, digests, layers and history, and what is odd. It shows what is stated; what could only be told by reading whole layers is –.',
    )
    .positional('source', {
      type: 'string',
      describe: 'as of convert: PATH, - or docker-archive:PATH[:REF], oci-archive:PATH[:REF], oci:DIR[:REF]',
    })
    .options(INSPECT_OPTIONS) as unknown as Argv<Arguments>
}

/** The options of `transload inspect`. */
export const INSPECT_OPTIONS: Readonly<Record<string, Options>> = {
  image: {
    type: 'string',
    array: true,
    nargs: 1,
    default: [] as string[],
    describe: 'only this image: tag, full name, digest of manifest or config, or @N; may repeat',
  },
  full: { type: 'boolean', default: false, describe: 'read the layers too, and check them' },
  strict: { type: 'boolean', default: false, describe: 'make errors of oddities' },
  json: { type: 'boolean', default: false, describe: 'print it as JSON' },
}

const EXAMPLES = `Examples:
  transload inspect app.tar
  transload inspect oci:layout:v1 --json
  docker save app:v1 | transload inspect -`

async function run({ source, image, full, strict, json }: Arguments): Promise<void> {
  if (source === undefined) {
    throw new ImageError('USAGE', 'the source is missing', { expected: 'transload inspect SOURCE' })
  }
  const place = fromArgument(source)
  const choice: InspectOptions = { images: image, full, strict }
  const { inspect } = await import('../inspect.js')
  // Only who reads all of it takes a while.
  const display = full ? displayOf('auto', process.stderr) : undefined
  const onProgress = display && ((progress: Progress) => display.onProgress(progress))
  const inspection = await withSignal((signal) => inspect(place, { ...choice, signal, onProgress })).finally(() =>
    display?.close(),
  )
  process.stdout.write(json ? jsonLine(inspection) : fitted(printInspection(place, inspection)))
  if ((inspection.verified?.faults ?? 0) > 0) process.exitCode = EXIT.failed
}

/** A terminal would break long lines, and the columns with them; a file or a pipe gets all. */
function fitted(text: string): string {
  const { isTTY, columns } = process.stdout
  if (!isTTY) return text
  return text
    .split('\n')
    .map((line) => (line.length <= columns ? line : cutShort(line, columns - 1)))
    .join('\n')
}
