/** The levels of the log, from the most talkative. */
const LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'] as const

export type Level = (typeof LEVELS)[number]

/** Returns the level of this name, in any case; undefined if there is none. */
export function levelNamed(text: string): Level | undefined {
  const name = text.toLowerCase()
  return name === 'warning' ? 'warn' : LEVELS.find((level) => level === name)
}

/** Prints messages of one level and above, in the layout of apex/log's handler for command lines. */
export class Log {
  level: Level = 'warn'
  readonly #line: (text: string) => void

  constructor(line: (text: string) => void) {
    this.#line = line
  }

  info(message: string): void {
    this.#print('info', message)
  }

  warn(message: string): void {
    this.#print('warn', message)
  }

  fatal(message: string): void {
    this.#print('fatal', message)
  }

  #print(level: Level, message: string): void {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(this.level)) return
    this.#line(`   ${level === 'fatal' ? '⨯' : '•'} ${message.padEnd(SHORTEST)}`)
  }
}

/** Shorter messages are filled up. */
const SHORTEST = 25
