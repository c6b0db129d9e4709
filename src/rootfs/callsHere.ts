import type { Calls } from './calls.js'
import { procCalls } from './procCalls.js'

/**
 * Returns the system's own calls where koffi is, and otherwise those by paths.
 * @param koffiAt the URL of the package koffi; undefined to do without
 * @throws if it is not there, or the system lacks a call
 */
export async function callsHere(koffiAt: string | undefined): Promise<Calls> {
  if (koffiAt === undefined) return procCalls
  const { nativeCalls } = await import('./nativeCalls.js')
  return nativeCalls(koffiAt)
}
