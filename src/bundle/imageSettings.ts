import { listShort, quoted } from '../spec/cut.js'
import { ImageError } from '../spec/errors.js'
import { byBytes } from '../spec/json/canonical.js'
import type { ImageConfig } from '../spec/parse.js'
import { goTime, ZERO_TIME } from '../spec/time.js'
import type { Warn } from '../spec/warnings.js'
import { volumePath } from './containerPaths.js'
import { isRuntimeOrder } from './labels.js'

/**
 * Returns the command line of an image: its entrypoint and its arguments. Empty if it has none.
 * @throws ImageError FORMAT if it cannot be passed to a program
 */
export function imageArguments({ config }: ImageConfig): string[] {
  return [...wordsOf(config?.Entrypoint, 'Entrypoint'), ...wordsOf(config?.Cmd, 'Cmd')]
}

/** Returns the paths of an image's volumes, sorted. @throws ImageError UNSAFE */
export function imageVolumes({ config }: ImageConfig): string[] {
  return Object.keys(config?.Volumes ?? {})
    .sort(byBytes)
    .map(volumePath)
}

/**
 * Returns the facts about an image that a runtime config has as annotations (OCI image-spec, conversion.md). Labels win
 * over others.
 */
export function imageAnnotations(image: ImageConfig, labels: ReadonlyMap<string, string>): Map<string, string> {
  const { os, architecture, variant, author, created, config } = image
  const ports = Object.keys(config?.ExposedPorts ?? {}).sort(byBytes)
  const facts = {
    ...{ os, architecture, variant, author, created: created == null ? ZERO_TIME : (goTime(created) ?? created) },
    ...{ stopSignal: config?.StopSignal, exposedPorts: ports.join(',') },
  }
  const known = Object.entries(facts).flatMap(([name, value]) =>
    value ? [[`org.opencontainers.image.${name}`, value] as const] : [],
  )
  return new Map([...known, ...labels])
}

/** Returns the labels of an image that may become annotations. A warning tells those that may not. */
export function harmlessLabels(image: ImageConfig, warn: Warn): Map<string, string> {
  const labels = imageLabels(image)
  const orders = [...labels.keys()].filter(isRuntimeOrder)
  for (const order of orders) labels.delete(order)
  if (orders.length > 0) {
    const message = `labels that are orders to container runtimes are not passed on: ${listShort(orders)}`
    warn({ code: 'RUNTIME_LABEL', message, where: 'Labels of the image config' })
  }
  return labels
}

/** Returns all labels of an image. */
export function imageLabels({ config }: ImageConfig): Map<string, string> {
  return new Map(Object.entries(config?.Labels ?? {}).map(([name, value]) => [name, value ?? '']))
}

function wordsOf(words: readonly (string | null)[] | string | null | undefined, field: string): string[] {
  if (words == null) return []
  const where = `${field} of the image config`
  if (typeof words === 'string') {
    throw new ImageError('FORMAT', 'not a list of texts', { where, found: quoted(words) })
  }
  return words.map((word) => {
    if (word !== null && !word.includes('\0')) return word
    throw new ImageError('FORMAT', 'not an argument', { where, found: quoted(word ?? 'null') })
  })
}
