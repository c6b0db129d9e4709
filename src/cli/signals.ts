import { Stopped } from './exit.js'

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
  try {
    return await work(controller.signal)
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop)
  }
}

const SIGNALS: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
