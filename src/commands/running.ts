import type { Options } from '../bytes/context.js'
import { attempt } from '../spec/errors.js'
import { reasonOf } from '../transport/endpoints.js'

/** Runs a function of the library: its errors name the step; those of the caller's own code pass unchanged. */
export async function running<T>(step: string, options: Options, work: () => Promise<T>): Promise<T> {
  try {
    return await attempt(step, () => {
      options.signal?.throwIfAborted()
      return work()
    })
  } catch (error) {
    throw reasonOf(error, options)
  }
}
