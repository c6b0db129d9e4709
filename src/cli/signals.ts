import { Stopped } from './exit.js'

/** Aborts the work that is running; undefined if none is. */
let running: AbortController | undefined

/** Stops the running work, because nobody reads its output; returns false if none is running. */
export function stopForClosedPipe(): boolean {
  running?.abort(new Stopped('SIGPIPE'))
  return running !== undefined
}

/** True while work is running; it then handles failures of its output itself. */
export function isWorking(): boolean {
  return running !== undefined
}

/**
 * Runs work that SIGINT, SIGTERM and SIGHUP stop: it undoes what it began. A second signal ends the process at once.
 */
export async function withSignal<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const stop = (signal: NodeJS.Signals) => {
    const stopped = new Stopped(signal)
    if (controller.signal.aborted) process.exit(stopped.status)
    controller.abort(stopped)
  }
  for (const signal of SIGNALS) process.on(signal, stop)
  running = controller
  try {
    return await work(controller.signal)
  } finally {
    running = undefined
    for (const signal of SIGNALS) process.off(signal, stop)
  }
}

const SIGNALS: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
