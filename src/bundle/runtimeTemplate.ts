import { isRuntimeConfig, shapeOfRuntimeConfig } from '../generated/validators.js'
import { ImageError } from '../spec/errors.js'
import { type ExactObject, parseExact } from '../spec/json/exact.js'
import { textOf } from '../spec/json/goText.js'
import { parse } from '../spec/parse.js'
import { inStructOrder, printExact } from './exactJSON.js'

const RUNTIME_CONFIG = { what: 'a runtime config', guard: isRuntimeConfig, shape: shapeOfRuntimeConfig }

/**
 * Reads a runtime config that the user wrote, without a loss: fields of later versions stay, and numbers are exact.
 * @throws ImageError FORMAT
 */
export function parseRuntimeTemplate(bytes: Uint8Array, where: string): ExactObject {
  parse(bytes, where, RUNTIME_CONFIG)
  const config = inStructOrder(parseExact(textOf(bytes)), shapeOfRuntimeConfig)
  if (config instanceof Map) return config
  throw new ImageError('FORMAT', 'not a runtime config', { where })
}

/** Prints a runtime config as umoci does. */
export function printRuntimeConfig(config: ExactObject): string {
  return `${printExact(inStructOrder(config, shapeOfRuntimeConfig), '\t')}\n`
}
