import { setImmediate } from 'node:timers/promises'
import { Budget } from '../spec/budget.js'
import { Documents } from '../spec/documents.js'
import { ofCaller } from '../spec/errors.js'
import type { GlobalClass } from '../spec/globals.js'
import { cutWarning, FewOfEach, refuse, type Warn, type Warning } from '../spec/warnings.js'
import type { Bytes } from './bytes.js'
import { Overall } from './overall.js'
import { usualJobs } from './parallel.js'

/** Progress of one piece of content. */
export interface Progress {
  /** Distinguishes pieces that pass at the same time. */
  id: number
  /** A layer or blob, as the source names it. */
  name: string
  /** Bytes passed. */
  done: number
  /** Bytes in total. */
  total: number
  /** True once it has ended. */
  ended: boolean
  /** Progress of the whole run. */
  overall: {
    /** Bytes passed, of all pieces; it never falls. */
    done: number
    /**
     * Bytes in total, as far as known. It grows as more content is found, most of all from a pipe.
     * It falls where content turns out to exist already. At the end it equals `done`.
     */
    total: number
  }
}

/** Options of every long-running function: receivers of warnings and progress, and a way to stop it. */
export interface Options {
  /** Stops the work; unfinished changes are undone. */
  signal?: GlobalClass<'AbortSignal'> | undefined
  /** Called for each oddity that does not stop the work. */
  onWarning?: ((warning: Warning) => void) | undefined
  /** Called as content passes, many times a second. */
  onProgress?: ((progress: Progress) => void) | undefined
  /** Turns warnings into errors. */
  strict?: boolean | undefined
  /** Number of parallel jobs; the default is the number of cores, at most 4. */
  jobs?: number | undefined
}

/** The options in the form that inner functions use. */
export interface Context {
  jobs: number
  warn: Warn
  /** Passes content of the source on and reports it. Fails once the work is to stop. */
  watch(content: { name: string; size: number }, bytes: Bytes): Bytes
  /** Bytes passed and expected. */
  overall: Overall
  /** Bytes of the source read. */
  bytesRead: number
  /** Limits on memory and work for foreign input. */
  budget: Budget
  /** Documents of the source that were read. */
  documents: Documents
  /**
   * Lets signals and timers in from time to time. Call it in loops over foreign lists, and await any promise it
   * returns. Fails once the work is to stop.
   */
  breathe(): Promise<void> | undefined
}

/** Longest time that loops may block signals and timers, in milliseconds. */
const BREATH = 20

/** Maximum number of warnings of one code in a command's final list. */
const MOST_LISTED = 1000

/** Returns a context and a function for the final list of warnings. Further warnings of a code are only counted. */
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
