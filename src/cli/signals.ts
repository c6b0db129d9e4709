import { Stopped } from './exit.js'

/** The work that runs. */
let running: AbortController | undefined

/** Stops the work that runs, since nobody reads what it writes; false if none does. */
export function stopForClosedPipe(): boolean {
  running?.abort(new Stopped('SIGPIPE'))
  return running !== undefined
}

/** Whether work runs, which then meets the failures of its output itself. */
export function isWorking(): boolean {
  return running !== undefined
}

/**
 * Runs work that SIGINT, SIGTERM and SIGHUP stop: it undoes what it began. Who insists with a second signal gets the
 * process ended at once.
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
