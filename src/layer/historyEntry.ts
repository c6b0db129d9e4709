import { jsonText } from '../spec/json/canonical.js'
import { momentOf } from '../spec/time.js'
import { timeOf } from './configChanges.js'

/** What a step of an image's history says. */
export interface HistoryOptions {
  /** By default the image's author. */
  author?: string | undefined
  comment?: string | undefined
  /** Time of the step (RFC 3339); by default SOURCE_DATE_EPOCH, or now. */
  created?: string | undefined
  /** By default the command. */
  createdBy?: string | undefined
}

/** Returns a step that made no layer, as Go prints it. @throws ImageError USAGE */
export function emptyStep(options: HistoryOptions): string {
  return stepText({ ...fieldsOf(options), empty_layer: true })
}

/** Returns a step that made a layer, as Go prints it. @throws ImageError USAGE */
export function layerStep(options: HistoryOptions): string {
  return stepText(fieldsOf(options))
}

function fieldsOf({ author = '', comment = '', created, createdBy = '' }: HistoryOptions) {
  const time = created === undefined ? momentOf(process.env) : timeOf('the time of the history', created)
  return { created: time, created_by: createdBy, author, comment }
}

function stepText(fields: Readonly<Record<string, string | boolean>>): string {
  return jsonText(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '')))
}
