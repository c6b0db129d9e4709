import { escapeHTML, jsonText } from '../../spec/json/canonical.js'
import { joinItems } from '../../spec/json/rawObject.js'
import { goTime } from '../../spec/time.js'
import { printDescriptor } from '../../store/descriptorText.js'
import type { ImageStat, StatDocument, StatStep } from './imageStat.js'

/** Prints an image's documents and history as umoci's `stat --json` does, with the end of the line. */
export function printStatJSON({ manifest, config, history }: ImageStat): string {
  const parts = [
    `"manifest":${printDocument(manifest)}`,
    ...(config === undefined ? [] : [`"config":${printDocument(config)}`]),
    ...(history === undefined ? [] : [`"history":${joinItems(history.map(printStep))}`]),
  ]
  return `{${parts.join(',')}}\n`
}

function printDocument({ descriptor, blob }: StatDocument<unknown>): string {
  return `{"descriptor":${printDescriptor(descriptor)},"blob":${escapeHTML(blob)}}`
}

function printStep({ layer, diffID, isEmpty, step }: StatStep): string {
  const { created, created_by, author, comment } = step
  const time = created == null ? undefined : (goTime(created) ?? created)
  const fields = Object.entries({ created: time, created_by, author, comment, empty_layer: isEmpty })
  const known = fields.filter(([, value]) => value != null && value !== '' && value !== false)
  const rest = known.map(([key, value]) => `,${jsonText(key)}:${jsonText(value)}`).join('')
  return `{"layer":${layer === undefined ? 'null' : printDescriptor(layer)},"diff_id":${jsonText(diffID)}${rest}}`
}
