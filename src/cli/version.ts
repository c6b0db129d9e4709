declare const TRANSLOAD_VERSION: string

/** The version of this package; the build inserts it. */
export const VERSION: string = TRANSLOAD_VERSION
