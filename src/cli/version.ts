declare const TRANSLOAD_VERSION: string

/** Of this package; put in when it is built. */
export const VERSION: string = TRANSLOAD_VERSION
