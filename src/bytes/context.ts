import { setImmediate } from 'node:timers/promises'
import { Budget } from '../spec/budget.js'
import { Documents } from '../spec/documents.js'
import { ofCaller } from '../spec/errors.js'
import type { GlobalClass } from '../spec/globals.js'
import { cutWarning, FewOfEach, refuse, type Warn, type Warning } from '../spec/warnings.js'
import type { Bytes } from './bytes.js'
import { Overall } from './overall.js'
import { usualJobs } from './parallel.js'

/** How far the work is with one piece of content. */
export interface Progress {
  /** Tells apart pieces that are on their way at the same time. */
  id: number
  /** A layer or blob, as the source names it. */
  name: string
  /** Bytes that passed so far. */
  done: number
  /** Bytes that there will be. */
  total: number
  /** Whether it has ended. */
  ended: boolean
  /** How far the whole run is. */
  overall: {
    /** Bytes that passed so far, of all pieces; it never falls. */
    done: number
    /**
     * Bytes that there will be, as far as is known: it grows as more is found, most of all of a pipe or a docker archive,
     * and falls where something turns out to be there already. In the end it is what is done.
     */
    total: number
  }
}

/** What every long-running function is given: where its warnings and its progress go, and what may stop it. */
export interface Options {
  /** Stops the work; what was begun is undone. */
  signal?: GlobalClass<'AbortSignal'> | undefined
  /** Called for every oddity that does not stop the work. */
  onWarning?: ((warning: Warning) => void) | undefined
  /** Called as content passes, many times a second. */
  onProgress?: ((progress: Progress) => void) | undefined
  /** Makes errors of warnings. */
  strict?: boolean | undefined
  /** How much is done at a time; the number of cores, at most 4, if absent. */
  jobs?: number | undefined
}

/** The options as the inner functions use them. */
export interface Context {
  jobs: number
  warn: Warn
  /** Lets content of the source through, reporting it; fails when the work is to stop. */
  watch(content: { name: string; size: number }, bytes: Bytes): Bytes
  /** What passes, and what is expected to. */
  overall: Overall
  /** Bytes of the source that were read so far. */
  bytesRead: number
  /** How much may be held, and done, for what the source says. */
  budget: Budget
  /** What was read of the source's documents. */
  documents: Documents
  /**
   * To be called in loops over what the source lists, and awaited if it returns something: lets signals and timers in
   * from time to time, and fails when the work is to stop.
   */
  breathe(): Promise<void> | undefined
}

/** How long loops may keep signals and timers waiting, in milliseconds. */
const BREATH = 20

/** The most warnings of one code that a command lists in the end. */
const MOST_LISTED = 1000

/** The context of a command that says in the end what it was warned of, and how often beyond what it lists. */
export function collecting(options: Options): { context: Context; warnings: () => Warning[] } {
  const listed: Warning[] = []
  const few = new FewOfEach(MOST_LISTED)
  const onWarning = (warning: Warning) => {
    if (few.take(warning)) listed.push(warning)
    ofCaller(() => options.onWarning?.(warning))
  }
  return { context: contextOf({ ...options, onWarning }), warnings: () => [...listed, ...few.others()] }
}

/** Makes the context of one command. */
export function contextOf({ signal, onWarning, onProgress, strict, jobs }: Options): Context {
  let lastId = 0
  let lastBreath = performance.now()
  const budget = new Budget()
  const overall = new Overall()
  const tell = (piece: Omit<Progress, 'overall'>) => {
    const { done, total } = overall
    ofCaller(() => onProgress?.({ ...piece, overall: { done, total } }))
  }
  const context: Context = {
    jobs: jobs ?? usualJobs(),
    warn: (warning) => {
      const short = cutWarning(warning)
      if (strict) refuse(short)
      onWarning?.(short)
    },
    watch,
    overall,
    bytesRead: 0,
    budget,
    documents: new Documents(budget),
    breathe: () => (performance.now() - lastBreath < BREATH ? undefined : breath()),
  }
  return context

  async function breath(): Promise<void> {
    await setImmediate()
    lastBreath = performance.now()
    signal?.throwIfAborted()
  }

  async function* watch({ name, size }: { name: string; size: number }, bytes: Bytes): Bytes {
    const id = ++lastId
    let done = 0
    overall.begin({ name, size })
    try {
      for await (const chunk of bytes) {
        signal?.throwIfAborted()
        done += chunk.length
        overall.done += chunk.length
        context.bytesRead += chunk.length
        tell({ id, name, done, total: size, ended: false })
        yield chunk
      }
    } finally {
      overall.end(size - done)
    }
    tell({ id, name, done, total: size, ended: true })
  }
}
