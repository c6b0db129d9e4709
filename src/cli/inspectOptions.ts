import type { OptionTable } from './checkOption.js'

/** The options of `transload inspect`. */
export const INSPECT_OPTIONS: OptionTable = {
  image: {
    type: 'string',
    array: true,
    nargs: 1,
    default: [] as string[],
    describe: 'only this image: tag, full name, digest of manifest or config, or @N; may repeat',
  },
  full: { type: 'boolean', default: false, describe: 'read the layers too, and check them' },
  strict: { type: 'boolean', default: false, describe: 'make errors of oddities' },
  json: { type: 'boolean', default: false, describe: 'print it as JSON' },
}
