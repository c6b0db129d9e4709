import type { Progress } from '../bytes/context.js'
import { Bars } from './bars.js'
import { oneShortLine } from './harmless.js'
import { printBytes } from './units.js'

/** The style of progress: `auto` shows bars in a terminal and nothing elsewhere. */
export type ProgressStyle = 'auto' | 'bar' | 'plain' | 'none'

/** Shows progress on stderr. */
export interface Display {
  onProgress(progress: Progress): void
  /** Writes a line that stays, above the moving display. */
  line(text: string): void
  /** Removes the moving display. */
  close(): void
}

/** Returns the display for a style; undefined if there is nothing to show. */
export function displayOf(style: ProgressStyle, stream: NodeJS.WriteStream): Display | undefined {
  if (style === 'none' || (style === 'auto' && !stream.isTTY)) return undefined
  return style === 'plain' ? new Lines(stream) : new Bars(stream)
}

/** Writes one line for each layer that is done. */
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
