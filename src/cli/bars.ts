import type { Progress } from '../bytes/context.js'
import { cutShort } from '../spec/cut.js'
import { oneLine } from './harmless.js'
import { printBytes, printDuration } from './units.js'

/** Redraws of the bars per second. */
const RATE = 10

/** The smallest piece that gets a bar, in bytes; smaller ones pass faster than anyone can read. */
const WORTH_A_BAR = 256 * 1024

interface Bar extends Progress {
  since: number
}

/** Draws a bar for each layer on its way, in place; writes a line for each layer that is done. */
export class Bars {
  readonly #stream: NodeJS.WriteStream
  readonly #bars = new Map<number, Bar>()
  readonly #timer: NodeJS.Timeout
  #drawn = 0

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
    this.#timer = setInterval(() => this.#draw(), 1000 / RATE)
    this.#timer.unref()
    stream.write(HIDE_CURSOR)
  }

  onProgress(progress: Progress): void {
    if (progress.total < WORTH_A_BAR) return
    const bar = { ...progress, since: this.#bars.get(progress.id)?.since ?? performance.now() }
    if (!progress.ended) {
      this.#bars.set(progress.id, bar)
      return
    }
    this.#bars.delete(progress.id)
    this.line(doneLine(bar, this.#columns()))
  }

  line(text: string): void {
    this.#stream.write(`${this.#erasure()}${text}\n`)
    this.#drawn = 0
    this.#draw()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#stream.write(this.#erasure() + SHOW_CURSOR)
    this.#drawn = 0
  }

  #draw(): void {
    const columns = this.#columns()
    const rows = [...this.#bars.values()].slice(0, Math.max(1, (this.#stream.rows || 24) - 2))
    this.#stream.write(this.#erasure() + rows.map((bar) => `${barLine(bar, columns)}\n`).join(''))
    this.#drawn = rows.length
  }

  #erasure(): string {
    return this.#drawn === 0 ? '' : `\u001b[${this.#drawn}A\u001b[J`
  }

  #columns(): number {
    return this.#stream.columns || 80
  }
}

const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'

function barLine({ name, done, total, since }: Bar, columns: number): string {
  const seconds = (performance.now() - since) / 1000
  const rate = done / Math.max(seconds, 0.001)
  const left = done === total ? '' : `${printDuration(((total - done) / Math.max(rate, 1)) * 1000)} left`
  const numbers = `${printBytes(done).padStart(8)} / ${printBytes(total).padStart(8)}  ${printBytes(rate).padStart(8)}/s  ${left.padStart(13)}`
  return row(name, bar(done / Math.max(total, 1), columns - NAME - numbers.length - 6), numbers, columns)
}

function doneLine({ name, total, since }: Bar, columns: number): string {
  const took = performance.now() - since
  const rate = `${printBytes(total / Math.max(took / 1000, 0.001))}/s`
  return row(
    name,
    '',
    `${printBytes(total).padStart(8)}  ${rate.padStart(10)}  ${printDuration(took).padStart(8)}`,
    columns,
  )
}

/** Width of a name. */
const NAME = 28

function row(name: string, middle: string, numbers: string, columns: number): string {
  const start = `${cut(oneLine(name), NAME)}  `
  return `${start}${middle === '' ? '' : `${middle} `}${numbers}`.slice(0, Math.max(0, columns - 1)).toWellFormed()
}

function bar(part: number, width: number): string {
  if (width < 5) return ''
  const full = Math.round(Math.min(1, part) * width)
  return `[${'='.repeat(full)}${' '.repeat(width - full)}]`
}

/** Fits a name into a column. Keeps the start of a long path, which tells layers apart. */
function cut(name: string, width: number): string {
  return cutShort(name, name.length > width ? width - 1 : width).padEnd(width)
}
