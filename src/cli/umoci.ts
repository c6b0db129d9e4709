import { runUmoci } from '../umoci/runUmoci.js'
import { oneLine } from './harmless.js'
import { withSignal } from './signals.js'
import { VERSION } from './version.js'

/** Runs the command line of umoci and sets the exit status. */
export async function umoci(args: readonly string[]): Promise<void> {
  process.exitCode = await runUmoci(args, {
    version: VERSION,
    print: (text) => void process.stdout.write(text),
    tell: (line) => void process.stderr.write(`${oneLine(line)}\n`),
    withSignal,
  })
}
