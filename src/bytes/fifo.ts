import { constants, openSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { isSystemError } from '../spec/errors.js'
import type { Bytes } from './bytes.js'
import { readPipe } from './pipe.js'

/** How often is looked whether somebody reads, in milliseconds. */
const PATIENCE = 20

/**
 * Opens a named pipe for writing, as soon as somebody reads it. Neither the wait nor a slow reader holds up a thread,
 * which Node could not end.
 */
export async function openFifo(path: string, signal?: AbortSignal): Promise<Writable> {
  for (;;) {
    try {
      const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
      return new Socket({ fd, readable: false, writable: true })
    } catch (error) {
      // No reader yet (fifo(7)).
      if (!isSystemError(error, 'ENXIO')) throw error
      await delay(PATIENCE, undefined, signal === undefined ? {} : { signal })
    }
  }
}

/** What comes out of a named pipe, as soon as somebody writes it. The signal ends the wait. */
export async function* readFifo(path: string, signal?: AbortSignal): Bytes {
  yield* readPipe(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), signal)
}
