import type { Progress } from '../bytes/context.js'
import { Bars } from './bars.js'
import { oneShortLine } from './harmless.js'
import { printBytes } from './units.js'

/** How progress is shown: `auto` is bars in a terminal and nothing elsewhere. */
export type ProgressStyle = 'auto' | 'bar' | 'plain' | 'none'

/** Shows how far the work is, on stderr. */
export interface Display {
  onProgress(progress: Progress): void
  /** Writes a line between what is shown. */
  line(text: string): void
  /** Takes away what was for the moment only. */
  close(): void
}

/** The display for a style; undefined if nothing is to be shown. */
export function displayOf(style: ProgressStyle, stream: NodeJS.WriteStream): Display | undefined {
  if (style === 'none' || (style === 'auto' && !stream.isTTY)) return undefined
  return style === 'plain' ? new Lines(stream) : new Bars(stream)
}

/** One line for each layer that is done. */
class Lines implements Display {
  readonly #stream: NodeJS.WritableStream

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream
  }

  onProgress({ name, total, ended }: Progress): void {
    if (ended) this.line(`${oneShortLine(name)}  ${printBytes(total)}`)
  }

  line(text: string): void {
    this.#stream.write(`${text}\n`)
  }

  close(): void {}
}
