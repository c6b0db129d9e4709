import { FewOfEach, type Warning } from '../spec/warnings.js'
import { oneLine } from './harmless.js'

/** Takes lines of text. */
interface Lines {
  line(text: string): void
}

/** The most warnings of one code that are printed. */
const MOST_PRINTED = 20

/** Prints warnings as they come, only a few of each code; at the end it prints how many more there were. */
export class WarningLines {
  readonly #few = new FewOfEach(MOST_PRINTED)
  readonly #lines: Lines

  constructor(lines: Lines) {
    this.#lines = lines
  }

  add(warning: Warning): void {
    const { where, message } = warning
    if (this.#few.take(warning)) this.#lines.line(oneLine(`warning: ${where}: ${message}`))
  }

  close(): void {
    for (const { code, message } of this.#few.others()) this.#lines.line(`warning: ${code}: ${message}`)
  }
}

/** Returns warnings as lines of a listing: a few of each code, and how many more there were. */
export function listWarnings(warnings: readonly Warning[]): string[] {
  const few = new FewOfEach(MOST_PRINTED)
  const told = warnings.filter((warning) => few.take(warning))
  return [
    ...told.map(({ code, message, where }) => oneLine(`  ${code}  ${where}: ${message}`)),
    ...few.others().map(({ code, message }) => `  ${code}  ${message}`),
  ]
}
