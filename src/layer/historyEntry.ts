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
export function emptyStep({ author = '', comment = '', created, createdBy = '' }: HistoryOptions): string {
  const time = created === undefined ? momentOf(process.env) : timeOf('the time of the history', created)
  const fields = { created: time, created_by: createdBy, author, comment, empty_layer: true }
  return jsonText(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '')))
}
